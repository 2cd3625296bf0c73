import { expect, test } from "vitest";
import { problemIn } from "../../src/journald/journal-problem.ts";

test.each([
  [
    "Hint: You are currently not seeing messages from other users and the system.",
    "systemd-journal",
  ],
  ["No journal files were opened due to insufficient permissions.", "systemd-journal"],
  ["No journal files were found.", "/run/log/journal"],
  ["Failed to open /nothing: No such file or directory", "/run/log/journal"],
])("%s comes with what to do", (said, fix) => {
  expect(problemIn("api.service", `${said}\n`)).toContain(said);
  expect(problemIn("api.service", said)).toContain(fix);
});

test("what does not stand in the way is no problem", () => {
  expect(problemIn("api.service", "-- Journal begins at Mon 2026-11-23. --")).toBeUndefined();
});
