import { expect, test } from "vitest";
import { createRandom } from "../../../core/test/random.ts";
import { createExportParser, type JournalFields } from "../../src/journald/export-parser.ts";
import { exportEntry } from "./support/write-journal.ts";

function parse(bytes: Buffer, nextLength: () => number): JournalFields[] {
  const entries: JournalFields[] = [];
  const parser = createExportParser((fields) => entries.push(fields));
  for (let at = 0; at < bytes.length; ) {
    const length = nextLength();
    parser.push(bytes.subarray(at, at + length));
    at += length;
  }
  return entries;
}

test("gives the same entries wherever the stream is cut", () => {
  const random = createRandom(7);
  for (let round = 0; round < 200; round++) {
    const messages = Array.from({ length: 5 }, () =>
      Buffer.from(random.text("ab=\n\0\xff", random.integer(40)), "latin1"),
    );
    const bytes = Buffer.concat(
      messages.map((message, n) => exportEntry({ message, micros: 1_764_000_000_000_000 + n })),
    );
    const entries = parse(bytes, () => 1 + random.integer(20));
    expect(entries.map((fields) => fields.get("MESSAGE")?.bytes)).toEqual(messages);
    expect(entries.map((fields) => fields.get("_SYSTEMD_UNIT")?.bytes.toString())).toEqual(
      messages.map(() => "api.service"),
    );
  }
});

test("cuts a message of 10 MB and counts what it left out", () => {
  const bytes = exportEntry({
    message: Buffer.alloc(10_000_000, "x"),
    micros: 1_764_000_000_000_000,
  });
  const [entry] = parse(bytes, () => 65_536);
  const message = entry?.get("MESSAGE");
  expect((message?.bytes.length ?? 0) + (message?.cutBytes ?? 0)).toBe(10_000_000);
  expect(message?.bytes.length).toBeLessThan(201_000);
});
