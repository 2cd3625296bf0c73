import type { AttributeValue } from "@sightline/core";
import { decodeLogRecord } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createRandom as createRandomSource } from "../../../core/test/random.ts";
import { createRecordEncoder } from "../../src/lines/encode-record.ts";
import type { LineRecord } from "../../src/lines/line-record.ts";
import { createRecordClock } from "../../src/lines/record-clock.ts";
import { decodeRecord } from "../fixtures/decode-logs.ts";

const TIME = 1_700_000_000_123;

function encode(record: Partial<LineRecord>): Uint8Array {
  const whole = {
    timeUnixMillis: TIME,
    severityNumber: 9,
    severityText: "info",
    body: "hello",
    attributes: { kind: "log" },
    ...record,
  };
  const time = createRecordClock().stamp(whole.timeUnixMillis);
  return Uint8Array.from(createRecordEncoder().encode(whole, time));
}

describe("a record", () => {
  it("is read back whole by a decoder of another make, and by our own", () => {
    const bytes = encode({
      severityNumber: 17,
      severityText: "error",
      body: "payment refused\n    at pay (/app/pay.js:1:1)",
      attributes: { kind: "log", n: 3, ratio: 0.5, isPaid: false, negative: -7, "user.hash": "ä" },
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
      eventName: "app.crash",
    });
    expect(decodeRecord(bytes)).toMatchObject({
      timeUnixNano: "1700000000123000000",
      observedTimeUnixNano: "1700000000123000000",
      severityNumber: 17,
      severityText: "error",
      body: "payment refused\n    at pay (/app/pay.js:1:1)",
      attributes: [
        ["kind", "log"],
        ["n", 3],
        ["ratio", 0.5],
        ["isPaid", false],
        ["negative", -7],
        ["user.hash", "ä"],
      ],
      flags: 1,
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      eventName: "app.crash",
    });
    expect(decodeLogRecord(bytes)).toEqual({
      timeUnixMillis: TIME,
      severityNumber: 17,
      severityText: "error",
      body: "payment refused\n    at pay (/app/pay.js:1:1)",
      attributes: { kind: "log", n: 3, ratio: 0.5, isPaid: false, negative: -7, "user.hash": "ä" },
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      eventName: "app.crash",
    });
  });

  it("begins with its time, so that a replay finds it", () => {
    const bytes = encode({ severityText: "", body: "", attributes: {} });
    expect(bytes[0]).toBe(0x09);
    expect(new DataView(bytes.buffer).getBigUint64(1, true)).toBe(1_700_000_000_123_000_000n);
  });

  it.each(["xyz", "0AF7", "0af7651916cd43dd8448eb211c80319", "\u0661".repeat(32)])(
    "leaves out ids that are none (%j)",
    (id) => {
      expect(decodeRecord(encode({ traceId: id, spanId: id }))).toMatchObject({
        traceId: "",
        spanId: "",
      });
    },
  );

  it.each([
    ["a lone surrogate", "a\ud800b", "a\ufffdb"],
    ["surrogates in the wrong order", "\udc00\ud800", "\ufffd\ufffd"],
    ["one at the end of a long text", `${"x".repeat(500)}\ud83d`, `${"x".repeat(500)}\ufffd`],
    ["a whole pair", "\u{1f600}", "\u{1f600}"],
  ])("makes %s text that every store takes", (_what, text, expected) => {
    const bytes = encode({ body: text, severityText: text, attributes: { [text]: text } });
    expect(decodeRecord(bytes)).toMatchObject({
      body: expected,
      severityText: expected,
      attributes: [[expected, expected]],
    });
  });

  it.each([
    0,
    -0,
    127,
    128,
    -1,
    2 ** 31,
    2 ** 32,
    2 ** 35 + 7,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    2 ** 60,
    1.5,
    -1e300,
    Number.MIN_VALUE,
  ])("keeps the number %d", (n) => {
    const read = decodeRecord(encode({ attributes: { n } })).attributes[0]?.[1];
    expect(Object.is(read, n) || read === n).toBe(true);
    expect(decodeLogRecord(encode({ attributes: { n } }))?.attributes["n"]).toBe(n + 0);
  });

  it("leaves out a field that is not there", () => {
    const attributes = { a: undefined, b: 1 } as unknown as LineRecord["attributes"];
    expect(decodeRecord(encode({ attributes })).attributes).toEqual([["b", 1]]);
  });

  it("keeps fields with hostile names fields", () => {
    const attributes = JSON.parse('{"__proto__":"a","constructor":"b","":"c"}');
    const bytes = encode({ attributes });
    expect(decodeRecord(bytes).attributes).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["", "c"],
    ]);
    expect(Object.entries(decodeLogRecord(bytes)?.attributes ?? {})).toHaveLength(3);
  });

  it("may be of any size, and a giant one leaves nothing behind in the next", () => {
    const encoder = createRecordEncoder();
    const clock = createRecordClock();
    const base = { timeUnixMillis: TIME, severityNumber: 9, severityText: "", attributes: {} };
    for (const body of ["x".repeat(10_000_000), "short", "ü".repeat(2_000_000), "end"]) {
      const bytes = encoder.encode({ ...base, body }, clock.stamp(TIME));
      expect(decodeRecord(bytes).body).toBe(body);
    }
  });

  it("is the same for both decoders over 3,000 made-up records", () => {
    const random = createRandom(20_261_123);
    const encoder = createRecordEncoder();
    const clock = createRecordClock();
    for (let n = 0; n < 3_000; n += 1) {
      const record = makeRecord(random);
      const bytes = encoder.encode(record, clock.stamp(record.timeUnixMillis));
      const read = decodeRecord(bytes);
      const expectedAttributes = Object.entries(record.attributes).map(([key, value]) => [
        wellFormed(key),
        typeof value === "string" ? wellFormed(value) : value,
      ]);
      expect(read.body).toBe(wellFormed(record.body));
      expect(read.attributes).toEqual(expectedAttributes);
      expect(read.severityText).toBe(wellFormed(record.severityText));
      expect(decodeLogRecord(bytes)).toMatchObject({
        timeUnixMillis: record.timeUnixMillis,
        body: read.body,
        severityText: read.severityText,
        severityNumber: record.severityNumber,
        attributes: Object.fromEntries(expectedAttributes),
        traceId: record.traceId ?? "",
      });
    }
  });
});

describe("decodeLogRecord", () => {
  it("never throws on bytes that are torn or changed", () => {
    const random = createRandom(7);
    const encoder = createRecordEncoder();
    const clock = createRecordClock();
    for (let n = 0; n < 2_000; n += 1) {
      const record = makeRecord(random);
      const bytes = Uint8Array.from(encoder.encode(record, clock.stamp(record.timeUnixMillis)));
      for (let change = 0; change < 3; change += 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      decodeLogRecord(bytes.subarray(0, Math.ceil(random() * bytes.length)));
    }
  });
});

type Random = () => number;

function createRandom(seed: number): Random {
  const source = createRandomSource(seed);
  return () => source.integer(2 ** 30) / 2 ** 30;
}

const ALPHABETS = [
  "abcdefghijklmnopqrstuvwxyz .:/0123456789",
  "aäöüß€",
  "\u{1f600}\u{1f64f}x",
  "\ud800\udc00a",
  "\u0000\n\u007f\u0080\u07ff\u0800\uffff",
];

function makeText(random: Random): string {
  const alphabet = ALPHABETS[Math.floor(random() * ALPHABETS.length)] ?? "a";
  const length = Math.floor(random() ** 4 * 400);
  let text = "";
  for (let n = 0; n < length; n += 1) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

function makeValue(random: Random): AttributeValue {
  const kind = random();
  if (kind < 0.5) return makeText(random);
  if (kind < 0.6) return random() < 0.5;
  if (kind < 0.8) return Math.floor((random() - 0.5) * 2 ** Math.floor(random() * 53));
  return (random() - 0.5) * 10 ** Math.floor(random() * 40) || 1.5;
}

function makeRecord(random: Random): LineRecord {
  const attributes: Record<string, AttributeValue> = {};
  for (let n = Math.floor(random() * 8); n > 0; n -= 1) {
    attributes[`k${n}${makeText(random)}`] = makeValue(random);
  }
  const hasTrace = random() < 0.5;
  return {
    timeUnixMillis: TIME + Math.floor(random() * 1e9),
    severityNumber: Math.floor(random() * 25),
    severityText: makeText(random),
    body: makeText(random),
    attributes,
    ...(hasTrace && { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }),
  };
}

/** A lone half of a pair becomes U+FFFD, as in UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
