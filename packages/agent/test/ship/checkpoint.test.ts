import { expect, test } from "vitest";
import { type Checkpoint, encodeCheckpoint, parseCheckpoint } from "../../src/ship/checkpoint.ts";

const checkpoint: Checkpoint = {
  sequence: 12,
  positions: [{ source: "file:1:2", position: [1, "x"], lines: 40 }],
  settled: [{ sequence: 11 }, { sequence: 12, refusal: "HTTP 400" }],
  accounts: {
    lives: [
      {
        facts: { life: "a:1", service: "api", containerName: "api-1" },
        endedUnixMillis: 3,
        counts: {
          readLines: 40,
          sentLines: 30,
          acknowledgedLines: 30,
          droppedLines: { too_old: 1 },
          unknownGaps: 1,
        },
      },
    ],
    folded: [],
  },
};
const text = encodeCheckpoint(checkpoint);

test("a checkpoint gives back what was saved", () => {
  const parsed = parseCheckpoint(text);
  expect(parsed).toMatchObject({ status: "read", checkpoint });
});

test("one that is torn, anywhere, is unreadable", () => {
  for (let length = 0; length < text.length - 1; length += 1) {
    expect(parseCheckpoint(text.slice(0, length)).status).toBe("unreadable");
  }
});

test.each([
  ["of a newer format", text.replace('"version":1', '"version":2'), 'format version "2"'],
  ["of no version", text.replace('"version":1,', ""), 'format version "undefined"'],
  ["with a count that is none", text.replace('"sequence":12', '"sequence":"12"'), "lacks fields"],
  ["without positions", text.replace('"positions"', '"places"'), "lacks fields"],
  [
    "with an account that is none",
    text.replace('"readLines":40', '"readLines":-1'),
    "lacks fields",
  ],
  ["that is binary", "\u0000\u0001", "not whole JSON"],
  ["that is empty", "", "not whole JSON"],
])("one %s is unreadable, and says why", (_name, broken, message) => {
  expect(parseCheckpoint(broken)).toEqual({
    status: "unreadable",
    message: expect.stringContaining(message),
  });
});
