import { describe, expect, it } from "vitest";
import { DATA_OFFSET, decodeRing, encodeSlot, type Ring, writeFrame } from "../../src/index.ts";
import { buildRing, createSeededRandom, facts, SALT, tools } from "./ring-bed.ts";

const decoder = new TextDecoder();

function read(bytes: Uint8Array): Ring {
  const ring = decodeRing(bytes, tools);
  if (ring.status !== "read") throw new Error(ring.message);
  return ring;
}

function texts(ring: Ring): [number, string][] {
  return ring.frames.map(({ number, payload }) => [number, decoder.decode(payload)]);
}

describe("a whole ring", () => {
  it("gives back what was written", () => {
    const heartbeat = {
      at: 5,
      uptimeMillis: 4,
      rssBytes: 3,
      heapUsedBytes: 2,
      heapLimitBytes: 1,
      lastNumber: 2,
    };
    const { bytes } = buildRing(["one", "two"], { heartbeat, settled: { through: 1, ranges: [] } });
    const ring = read(bytes);
    expect(ring.facts).toEqual(facts);
    expect(ring.heartbeat).toMatchObject(heartbeat);
    expect(ring.settled).toEqual({ through: 1, ranges: [] });
    expect(texts(ring)).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
    expect(ring).toMatchObject({ lappedLines: 0, damagedLines: 0, isCut: false });
  });

  it("is read from a view that does not begin at the start of its buffer", () => {
    const { bytes } = buildRing(["one"]);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(texts(read(shifted.subarray(3)))).toEqual([[1, "one"]]);
  });

  it("keeps facts that are too large without their resource attributes", () => {
    const ownFacts = {
      ...facts,
      resourceAttributes: { "service.name": "shop", huge: "x".repeat(20_000) },
    };
    const ring = read(buildRing(["one"], {}, { ownFacts }).bytes);
    expect(ring.facts.resourceAttributes).toEqual({ "service.name": "shop" });
    expect(ring.facts).toMatchObject({ pid: 42, run: 3, startedAt: facts.startedAt });
  });

  it("numbers beyond 32 bits", () => {
    const { bytes } = buildRing(["x"]);
    const large = 2 ** 40 + 7;
    const payload = tools.encodeText("large");
    const frame = bytes.subarray(DATA_OFFSET + 512, DATA_OFFSET + 536);
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    writeAt(frame, view, large, payload);
    expect(texts(read(bytes)).at(-1)).toEqual([large, "large"]);
  });
});

function writeAt(frame: Uint8Array, view: DataView, number: number, payload: Uint8Array): void {
  writeFrame(frame, view, { number, payload }, SALT, tools);
}

describe("a file that is no ring of this version", () => {
  const { bytes } = buildRing(["one"]);
  const changed = (at: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };

  it.each([
    ["an empty file", new Uint8Array(), "only 0 bytes long: no ring file, or cut short"],
    ["text", tools.encodeText("hello ".repeat(20)), "does not begin as a ring file does"],
    ["zeros", new Uint8Array(200_000), "does not begin as a ring file does"],
    ["another version", changed(8, 7), "ring format version 7, this reads version 1"],
    ["a changed salt", changed(20, 1), "its header is damaged: wrong checksum"],
    ["a changed size", changed(16, 9), "its header is damaged: wrong checksum"],
    ["an absurd size", changed(19, 255), "its header is damaged: sizes out of range"],
    ["changed facts", changed(40, 0), "its header is damaged: wrong checksum"],
    ["a header cut short", bytes.slice(0, 100), "cut short within its header, after 100 bytes"],
  ])("%s is named", (_, file, message) => {
    expect(decodeRing(file, tools)).toEqual({ status: "unreadable", message });
  });
});

describe("a damaged ring", () => {
  const payloads = Array.from(
    { length: 50 },
    (_, index) => `line ${index} ${"x".repeat(index * 7)}`,
  );
  const { bytes, starts } = buildRing(payloads, {
    settled: { through: 0, ranges: [] },
  });

  it("loses only the frame in which a byte is changed, and counts it", () => {
    const copy = bytes.slice();
    const at = (starts[20] as number) + 24;
    copy[at] = (copy[at] as number) ^ 1;
    const ring = read(copy);
    expect(ring.frames).toHaveLength(49);
    expect(ring.frames.some(({ number }) => number === 21)).toBe(false);
    expect(ring.damagedLines).toBe(1);
  });

  it("finds the way again behind a frame whose length is changed", () => {
    const copy = bytes.slice();
    const at = starts[20] as number;
    copy[at] = (copy[at] as number) ^ 0xff;
    expect(read(copy).frames).toHaveLength(49);
  });

  it("counts the newest lines too, by the heartbeat", () => {
    const { bytes: short } = buildRing(["a", "b"], { heartbeat: { at: 1, lastNumber: 5 } });
    expect(read(short).damagedLines).toBe(3);
  });

  it("takes the older half of a mark that is torn", () => {
    const copy = bytes.slice();
    const older = encodeSlot("exit", { text: '{"code":3}', sequence: 1 }, SALT, tools);
    const newer = encodeSlot("exit", { text: '{"code":4}', sequence: 2 }, SALT, tools);
    copy.set(older?.bytes ?? [], older?.offset);
    copy.set(newer?.bytes ?? [], newer?.offset);
    expect(read(copy).exit?.code).toBe(4);
    copy.set([0], (newer?.offset ?? 0) + 18);
    expect(read(copy).exit?.code).toBe(3);
  });

  it("does not take a mark for one of another kind", () => {
    const copy = bytes.slice();
    const exit = encodeSlot("exit", { text: '{"code":3}', sequence: 1 }, SALT, tools);
    const heartbeat = encodeSlot("heartbeat", { text: "{}", sequence: 1 }, SALT, tools);
    copy.set(exit?.bytes ?? [], heartbeat?.offset);
    expect(read(copy).heartbeat).toBeUndefined();
  });

  it("tells lines that were written over from lines that are damaged", () => {
    const copy = bytes.slice();
    copy.fill(0, DATA_OFFSET, starts[10]);
    expect(read(copy)).toMatchObject({ lappedLines: 10, damagedLines: 0 });
  });
});

describe("text inside a line", () => {
  it("is no frame, although it is the image of one from another ring", () => {
    const other = buildRing(["forged"], {}, { salt: 1 });
    const image = other.bytes.slice(DATA_OFFSET, DATA_OFFSET + 24);
    const padding = new Uint8Array(8);
    const { bytes, starts } = buildRing([
      Uint8Array.from([...padding, ...image, ...image]),
      "true",
    ]);
    // The frame around it is torn, so that its inside is searched.
    bytes[(starts[0] as number) + 17] = 99;
    expect(texts(read(bytes))).toEqual([[2, "true"]]);
  });
});

describe("any bytes", () => {
  const payloads = Array.from({ length: 200 }, (_, index) => `line ${index} ${"y".repeat(index)}`);
  const { bytes } = buildRing(payloads, {
    heartbeat: { at: 1, lastNumber: 200 },
    settled: { through: 20, ranges: [[30, 40]] },
    fatal: { origin: "uncaught", at: 1, uptimeMillis: 1, type: "E", message: "m", stack: "s" },
    exit: { code: 1, at: 2 },
  });
  const known = new Map(payloads.map((text, index) => [index + 1, text]));

  /** Whatever is read must be what was written: damage may lose lines, never make them up. */
  function expectOnlyTruth(file: Uint8Array): void {
    const ring = decodeRing(file, tools);
    if (ring.status === "unreadable") return;
    for (const [number, text] of texts(ring)) expect(text).toBe(known.get(number));
    expect(ring.frames.length + ring.damagedLines + ring.lappedLines).toBeLessThanOrEqual(200);
    expect(ring.damagedLines).toBeGreaterThanOrEqual(0);
  }

  it("never throws or makes lines up with bits turned over, at 500 seeds", () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = createSeededRandom(seed);
      const copy = bytes.slice();
      const flips = 1 + Math.floor(random() * 20);
      for (let flip = 0; flip < flips; flip += 1) {
        // Half of them where the content is.
        const span = random() < 0.5 ? copy.length : 40_000;
        const start = span === copy.length ? 0 : DATA_OFFSET - 10_000;
        const at = start + Math.floor(random() * span);
        if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << Math.floor(random() * 8));
      }
      expectOnlyTruth(copy);
    }
  });

  it("never throws on spliced pieces, at 200 seeds", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = createSeededRandom(seed);
      const copy = bytes.slice();
      const from = Math.floor(random() * copy.length);
      const to = Math.floor(random() * copy.length);
      copy.copyWithin(to, from, from + Math.floor(random() * 30_000));
      expectOnlyTruth(copy);
    }
  });

  it("reads every prefix of the file", () => {
    const lengths = [
      ...Array.from({ length: 1_000 }, (_, length) => length),
      ...Array.from({ length: 2_100 }, (_, step) => step * 31 + 1_000),
      ...Array.from({ length: 3_000 }, (_, step) => DATA_OFFSET + step),
    ];
    let mostFrames = 0;
    for (const length of lengths) {
      const prefix = bytes.subarray(0, length);
      expectOnlyTruth(prefix);
      const ring = decodeRing(prefix, tools);
      if (ring.status === "read") mostFrames = Math.max(mostFrames, ring.frames.length);
    }
    expect(mostFrames).toBeGreaterThan(10);
  });

  it("reads noise, with and without a good header", () => {
    const random = createSeededRandom(7);
    const noise = Uint8Array.from({ length: 262_144 }, () => random() * 256);
    expect(decodeRing(noise, tools).status).toBe("unreadable");
    const { bytes: large } = buildRing([], {}, { dataBytes: 196_608 });
    large.set(noise.subarray(DATA_OFFSET), DATA_OFFSET);
    expect(read(large).frames).toEqual([]);
  });

  it("gives up on a file that was made to keep it busy", () => {
    let checked = 0;
    const counting = {
      ...tools,
      crc32(part: Uint8Array, seed: number): number {
        checked += part.length;
        return tools.crc32(part, seed);
      },
    };
    const { bytes: hostile } = buildRing([], {}, { dataBytes: 1_048_576 });
    const view = new DataView(hostile.buffer);
    // Every eighth byte begins a frame of the greatest length that is not one.
    for (let at = DATA_OFFSET; at + 8 <= hostile.length; at += 8) {
      view.setUint32(at, 260_000 ^ SALT, true);
    }
    const ring = decodeRing(hostile, counting);
    expect(ring).toMatchObject({ status: "read", isCut: true, frames: [] });
    expect(checked).toBeLessThan(6 * 1_048_576);
  });
});
