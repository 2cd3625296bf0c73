import { createRedactor } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createRunId, formatCanaryLine, parseCanaryLine } from "../../src/canary/canary-line.ts";

describe("a line of the canary", () => {
  it("is one line of JSON, and as long as any other of the same day", () => {
    const run = createRunId();
    const line = formatCanaryLine({ run, number: 7 }, 1_700_000_000_123);
    expect(line.endsWith("}\n")).toBe(true);
    expect(JSON.parse(line)).toEqual({
      time: "2023-11-14T22:13:20.123Z",
      level: "info",
      message: `sightline canary ${run} 7`,
    });
    expect(formatCanaryLine({ run: createRunId(), number: 99_999 }, 0).length).toBeLessThan(130);
  });

  it("is read back from its JSON, and from the message that an agent has made of it", () => {
    const mark = { run: createRunId(), number: 86_400 };
    const line = formatCanaryLine(mark, 0);
    expect(parseCanaryLine(line)).toEqual(mark);
    expect(parseCanaryLine(JSON.parse(line).message)).toEqual(mark);
  });

  it.each([
    "",
    "cannot ask Loki: HTTP 500",
    "sightline canary abc 1",
    "sightline canary abcdefghijkl 0",
    "sightline canary abcdefghijkl x",
    "sightline canary ABCDEFGHIJKL 1",
    `sightline canary abcdefghijkl ${"9".repeat(13)}`,
  ])("is not seen in %j", (text) => {
    expect(parseCanaryLine(text)).toBeUndefined();
  });

  it("passes redaction as it is, whatever its run and number", () => {
    const redactor = createRedactor();
    for (let number = 1; number < 1e9; number = Math.ceil(number * 1.01)) {
      const message = `sightline canary ${createRunId()} ${number}`;
      expect(redactor.text(message)).toBe(message);
    }
  });
});
