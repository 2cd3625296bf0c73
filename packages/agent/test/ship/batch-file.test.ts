import { describe, expect, test } from "vitest";
import {
  type BatchFacts,
  batchFileName,
  decodeBatchFile,
  encodeBatchFile,
  parseBatchFileName,
} from "../../src/ship/batch-file.ts";

const facts: BatchFacts = {
  sequence: 7,
  createdUnixMillis: 1_700_000_000_000,
  records: 2,
  severityNumber: 17,
  part: 0,
  isContinued: false,
  lines: [{ life: "__proto__", lines: 3 }],
  steps: [
    {
      source: "docker:a:stdout",
      life: "__proto__",
      position: { seconds: 1, seen: ["x", null] },
      linesBefore: 4,
      lines: 3,
      dropped: { rate_limited: 1 },
      unknownGaps: 0,
    },
  ],
  lives: [{ life: "__proto__", service: "api\nwith a line end", run: 2 }],
};
const body = Buffer.from("first\nsecond\n");
const file = Buffer.concat(encodeBatchFile(facts, body));

describe("a journal file", () => {
  test("gives back its facts and its bytes", () => {
    expect(decodeBatchFile(file)).toEqual({ status: "read", facts, body });
  });

  test("that ends early, anywhere, is corrupt, and says what was in it once its header is whole", () => {
    const headerEnd = file.indexOf("\n");
    for (let length = 0; length < file.length; length += 1) {
      const decoded = decodeBatchFile(file.subarray(0, length));
      const known = length > headerEnd ? { facts } : {};
      expect(decoded).toEqual({ status: "corrupt", message: expect.any(String), ...known });
    }
  });

  test("whose body changed is corrupt", () => {
    const changed = Buffer.from(file);
    changed[file.length - 3] = 0;
    expect(decodeBatchFile(changed)).toMatchObject({
      status: "corrupt",
      message: "its checksum does not match",
      facts,
    });
  });

  test("of a newer format is left alone, with its version in the message", () => {
    const newer = Buffer.from(file.toString().replace('"version":1', '"version":2'));
    expect(decodeBatchFile(newer)).toEqual({
      status: "corrupt",
      message: 'it has format version "2", expected 1',
    });
  });

  test.each([
    ["binary", Buffer.from([0, 255, 10, 13])],
    ["zeros", Buffer.alloc(4_096)],
    ["a list", Buffer.from("[]\n")],
    ["null", Buffer.from("null\n")],
    ["a header without fields", Buffer.from('{"version":1}\n')],
    [
      "a count below 0",
      Buffer.from(file.toString().replace('"linesBefore":4', '"linesBefore":-4')),
    ],
    ["an unknown reason", Buffer.from(file.toString().replace("rate_limited", "moon_phase"))],
  ])("that is %s is corrupt", (_name, bytes) => {
    expect(decodeBatchFile(bytes).status).toBe("corrupt");
  });

  test.each([
    ["000000000042.batch", { kind: "waiting" }],
    ["000000000042.sent", { kind: "sent", rejectedRecords: 0 }],
    ["000000000042.sent-3", { kind: "sent", rejectedRecords: 3 }],
    ["000000000042.refused", { kind: "refused" }],
  ] as const)("tells number and fate by its name %s", (name, fate) => {
    expect(batchFileName(42, fate)).toBe(name);
    expect(parseBatchFileName(name)).toEqual({ sequence: 42, fate });
  });

  test.each([
    "42.batch",
    "000000000042.batch.tmp",
    "checkpoint.json",
    "a.batch",
    "000000000042.sent-",
  ])("is not one that is called %s", (name) => {
    expect(parseBatchFileName(name)).toBeUndefined();
  });
});
