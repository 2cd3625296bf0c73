import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../src/run.ts";
import { recordIo } from "./support/io.ts";
import { tempDirectory } from "./support/temp.ts";

describe("what the user typed", () => {
  it.each([
    { args: ["upp"], says: "unknown command 'upp'" },
    { args: ["upp"], says: "Did you mean up?" },
    { args: ["up", "--mod", "docker"], says: "Did you mean --mode?" },
    { args: ["up", "--mode", "podman"], says: "Allowed choices are docker, embedded" },
    { args: ["up", "--only"], says: "argument missing" },
    { args: ["status", "loki"], says: "too many arguments" },
    { args: ["logs", "a", "b"], says: "too many arguments" },
    { args: ["logs", "--limit", "0"], says: "expected a whole number from 1 to 100000" },
    { args: ["crashes", "a", "b"], says: "too many arguments" },
    { args: ["crashes", "show"], says: "missing required argument 'id'" },
    { args: ["crashes", "--limit", "0"], says: "expected a whole number from 1 to 10000" },
    { args: ["down", "--yes"], says: "--yes answers the question of --delete-data" },
    { args: [], says: "Usage: sightline" },
  ])("$args is refused with 64, nothing on stdout, and: $says", async ({ args, says }) => {
    const io = recordIo({ SIGHTLINE_DATA: tempDirectory(), HOME: "/nowhere" });
    expect(await run(args, io)).toBe(64);
    expect(io.stderr()).toContain(says);
    expect(io.stdout()).toBe("");
  });

  it.each([
    { args: ["--help"], says: "up [options]" },
    { args: ["logs", "--help"], says: "--since <duration>" },
    { args: ["crashes", "--help"], says: "show [options] <id>" },
    { args: ["--version"], says: "0.1.0" },
  ])("$args is answered on stdout with 0", async ({ args, says }) => {
    const io = recordIo();
    expect(await run(args, io)).toBe(0);
    expect(io.stdout()).toContain(says);
    expect(io.stderr()).toBe("");
  });

  it("does not show the command that is not for people", async () => {
    const io = recordIo();
    await run(["--help"], io);
    expect(io.stdout()).not.toContain("supervise");
  });
});

describe("where there is no stack", () => {
  it("status says so with exit code 8, as JSON too", async () => {
    const io = recordIo({ SIGHTLINE_DATA: tempDirectory(), HOME: "/nowhere" });
    expect(await run(["status", "--json"], io)).toBe(8);
    expect(JSON.parse(io.stdout())).toMatchObject({ mode: "none", isHealthy: false, servers: [] });
  });

  it("down has nothing to do", async () => {
    const io = recordIo({ SIGHTLINE_DATA: tempDirectory(), HOME: "/nowhere" });
    expect(await run(["down"], io)).toBe(0);
    expect(io.stdout()).toBe("nothing was running\n");
  });

  it("takes a damaged state or specification for none", async () => {
    const data = tempDirectory();
    mkdirSync(join(data, "stack"));
    writeFileSync(join(data, "stack/state.json"), '{"servers": [{"na');
    writeFileSync(join(data, "stack/spec.json"), '{"servers": [{"name": 1}], "generation": "a"}');
    const io = recordIo({ SIGHTLINE_DATA: data, HOME: "/nowhere" });
    expect(await run(["status"], io)).toBe(8);
    expect(io.stdout()).toBe("nothing runs; `sightline up` starts the stack\n");
  });

  it.skipIf(process.getuid?.() === 0)(
    "says that the state of another user cannot be read (root can read everything)",
    async () => {
      const data = tempDirectory();
      mkdirSync(join(data, "stack"));
      writeFileSync(join(data, "stack/state.json"), "{}");
      chmodSync(join(data, "stack/state.json"), 0);
      const io = recordIo({ SIGHTLINE_DATA: data, HOME: "/nowhere" });
      expect(await run(["status"], io)).toBe(1);
      expect(io.stderr()).toContain("EACCES; expected a file of this user");
    },
  );

  it("names a state that is a directory, without a stack trace", async () => {
    const data = tempDirectory();
    mkdirSync(join(data, "stack/state.json"), { recursive: true });
    const io = recordIo({ SIGHTLINE_DATA: data, HOME: "/nowhere" });
    expect(await run(["status"], io)).toBe(1);
    expect(io.stderr()).toContain(`cannot read "${join(data, "stack/state.json")}": EISDIR`);
    expect(io.stderr()).not.toContain("    at ");
  });

  it("asks before it deletes and deletes nothing without the word", async () => {
    const data = tempDirectory();
    mkdirSync(join(data, "stack"));
    const io = recordIo(
      { SIGHTLINE_DATA: data, HOME: "/nowhere" },
      { ask: async (question) => (question.includes(data) ? "yes" : "delete") },
    );
    expect(await run(["down", "--delete-data"], io)).toBe(1);
    expect(io.stderr()).toContain("nothing was stopped and nothing was deleted");
  });
});

it("says that a disk is full, without a stack trace", async () => {
  const folder = tempDirectory();
  const file = join(folder, "sightline.yaml");
  writeFileSync(file, "contacts: []\n");
  const io = recordIo({ SIGHTLINE_DATA: folder, HOME: "/nowhere" });
  // The kernel's device that is always full.
  expect(await run(["plan", "--file", file, "--out", "/dev/full"], io)).toBe(1);
  expect(io.stderr()).toContain("ENOSPC");
  expect(io.stderr()).toContain("make room on the disk");
  expect(io.stderr()).not.toContain("fault of ours");
});
