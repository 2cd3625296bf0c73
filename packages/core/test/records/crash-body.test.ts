import { describe, expect, it } from "vitest";
import { type CrashLine, formatCrashLines, parseCrashBody } from "../../src/records/crash-body.ts";

const time = "2026-11-20T08:12:03.123Z";

describe("the last lines in a crash record's body", () => {
  it.each<{ what: string; lines: CrashLine[] }>([
    {
      what: "ordinary ones",
      lines: [
        { time, stream: "stdout", text: "a" },
        { time, stream: "stderr", text: "b" },
      ],
    },
    { what: "none", lines: [] },
    {
      what: "empty ones and blanks",
      lines: [
        { time, stream: "stdout", text: "" },
        { time, stream: "stdout", text: "  x " },
      ],
    },
    {
      what: "a text with line breaks",
      lines: [{ time, stream: "stderr", text: "a\n\n    at b\nLast lines (1 of 1):" }],
    },
    {
      what: "a text that poses as a line",
      lines: [{ time, stream: "stderr", text: `x\n${time} stdout y` }],
    },
    {
      what: "a text that poses as the heading",
      lines: [{ time, stream: "stderr", text: "Last lines (3 of 9):" }],
    },
  ])("are read back as they were: $what", ({ lines }) => {
    const body = `web died\n\n${formatCrashLines(lines, 7)}`;
    expect(parseCrashBody(body)).toEqual({ summary: "web died", lines });
  });

  it("say how many there were in all", () => {
    const line: CrashLine = { time, stream: "stdout", text: "a" };
    expect(formatCrashLines([line], 3_000)).toBe(`Last lines (1 of 3000):\n${time} stdout a`);
    expect(formatCrashLines([line], 0)).toContain("Last lines (1 of 1):");
  });

  it("are missing in the body of somebody else, which is left as it is", () => {
    for (const body of ["", "heap dump\n\nat x", "the Last lines (1 of 2):\nx"]) {
      expect(parseCrashBody(body)).toEqual({ summary: body, lines: undefined });
    }
  });
});
