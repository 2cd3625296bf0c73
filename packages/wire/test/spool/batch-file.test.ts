import { expect, test } from "vitest";
import {
  batchFileName,
  decodeBatchFile,
  encodeBatchFile,
  parseBatchFileName,
} from "../../src/spool/batch-file.ts";
import { makeBatch } from "../fixtures/batches.ts";

const BATCH = makeBatch("some\nbinary\u0000body", { records: 12, severityNumber: 17 });
const FILE = Buffer.concat(encodeBatchFile(BATCH.body));

test("a file gives back the bytes that were written", () => {
  expect(decodeBatchFile(FILE)).toEqual({ status: "read", body: Buffer.from(BATCH.body) });
});

test("every cut and every changed byte of the body is noticed", () => {
  for (let length = 0; length < FILE.length; length += 1) {
    expect(decodeBatchFile(FILE.subarray(0, length)).status).toBe("corrupt");
  }
  const bodyStart = FILE.indexOf("\n") + 1;
  for (let at = bodyStart; at < FILE.length; at += 1) {
    const changed = Buffer.from(FILE);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(decodeBatchFile(changed).status).toBe("corrupt");
  }
});

test.each(["", "\n", "null\n", "{}\n", '{"version":2}\n', "not json\nbody", "\0".repeat(10_000)])(
  "a foreign file (%j) is corrupt and throws nothing",
  (text) => {
    expect(decodeBatchFile(Buffer.from(text)).status).toBe("corrupt");
  },
);

test("the name holds all facts and sorts by age", () => {
  const name = batchFileName(BATCH, 7, "spool-1-ab");
  expect(parseBatchFileName(name)).toEqual({
    signal: "logs",
    records: 12,
    severityNumber: 17,
    createdUnixMillis: BATCH.createdUnixMillis,
  });
  const later = batchFileName(BATCH, 10, "spool-1-ab");
  const latest = batchFileName(
    { ...BATCH, createdUnixMillis: BATCH.createdUnixMillis + 1 },
    1,
    "a",
  );
  expect([latest, later, name].sort()).toEqual([name, later, latest]);
});

test.each(["readme.txt", "x.batch", "../../etc/passwd", "1700000000000-1-logs-9-1-a.batch.swp"])(
  "%j is no name of ours",
  (name) => {
    expect(parseBatchFileName(name)).toBeUndefined();
  },
);
