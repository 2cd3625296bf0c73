import { describe, expect, it } from "vitest";
import { createFramedDecoder, type LogDecoder } from "../../src/docker/log-decoder.ts";
import type { RawLine } from "../../src/docker/log-line.ts";
import { createTerminalDecoder } from "../../src/docker/terminal-decoder.ts";
import { frame, stamp } from "./frames.ts";

interface Decoded {
  readonly lines: RawLine[];
  readonly daemonErrors: string[];
  readonly faults: string[];
}

/** Feeds the bytes in pieces of `size`, as a socket might. */
function decode(create: typeof createFramedDecoder, bytes: Buffer, size: number): Decoded {
  const result: Decoded = { lines: [], daemonErrors: [], faults: [] };
  const decoder: LogDecoder = create({
    onLine: (line) => result.lines.push(line),
    onDaemonError: (text) => result.daemonErrors.push(text),
  });
  const note = (fault: string | undefined): void => {
    if (fault !== undefined) result.faults.push(fault);
  };
  for (let at = 0; at < bytes.length; at += size) note(decoder.push(bytes.subarray(at, at + size)));
  note(decoder.end());
  return result;
}

describe("log of a container without a terminal", () => {
  const messages = Buffer.concat([
    frame({ stamp: stamp(1), text: "one" }),
    frame({ stream: "stderr", stamp: stamp(2), text: "two" }),
    frame({ stamp: stamp(3), text: "" }),
    frame({ stamp: stamp(4), text: "ünï" }),
  ]);

  it.each([1, 7, 33, 4096])("is the same in pieces of %i bytes", (size) => {
    const { lines, faults } = decode(createFramedDecoder, messages, size);
    expect(faults).toEqual([]);
    expect(lines.map(({ text, stream, time }) => [stream, time[1], text])).toEqual([
      ["stdout", 1_000, "one"],
      ["stderr", 2_000, "two"],
      ["stdout", 3_000, ""],
      ["stdout", 4_000, "ünï"],
    ]);
  });

  it("joins the parts of a long line, those of the other stream between them", () => {
    const whole = `x${"ä".repeat(20_000)}end`;
    const bytes = Buffer.from(whole);
    // Docker cuts at 16,384 bytes, wherever a letter is: here in the middle of one.
    const stream = Buffer.concat([
      frame({ stamp: stamp(1), text: bytes.subarray(0, 16_384), isPart: true }),
      frame({ stream: "stderr", stamp: stamp(2), text: "between" }),
      frame({ stamp: stamp(3), text: bytes.subarray(16_384, 32_768), isPart: true }),
      frame({ stamp: stamp(4), text: bytes.subarray(32_768) }),
    ]);
    const { lines } = decode(createFramedDecoder, stream, 5_000);
    expect(lines.map(({ text }) => text)).toEqual(["between", whole]);
    expect(lines[1]?.time[1]).toBe(1_000);
  });

  it("keeps 200 kB of a line of 10 MB and says how much it cut", () => {
    const part = "x".repeat(16_384);
    const parts = Array.from({ length: 640 }, (_, n) =>
      frame({ stamp: stamp(n), text: part, isPart: n < 639 }),
    );
    const { lines } = decode(createFramedDecoder, Buffer.concat(parts), 65_536);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.text.length).toBe(200_000);
    expect(lines[0]?.cutBytes).toBe(640 * 16_384 - 200_000);
  });

  it("knows the last part of a line by its length, where the driver left out the line end", () => {
    const part = "x".repeat(16_384);
    const stream = Buffer.concat([
      frame({ stamp: stamp(1), text: part, isPart: true }),
      frame({ stamp: stamp(2), text: "end", isPart: true }),
      frame({ stamp: stamp(3), text: "next" }),
    ]);
    const { lines } = decode(createFramedDecoder, stream, 4_096);
    expect(lines.map(({ text }) => text)).toEqual([`${part}end`, "next"]);
  });

  it("hands on a part whose end never came, when the container has ended", () => {
    const bytes = frame({ stamp: stamp(1), text: "x".repeat(16_384), isPart: true });
    const { lines } = decode(createFramedDecoder, bytes, 900);
    expect(lines.map(({ text }) => text.length)).toEqual([16_384]);
  });

  it("says so when the answer broke off inside a message, and hands on nothing of it", () => {
    const bytes = frame({ stamp: stamp(1), text: "complete" });
    const { lines, faults } = decode(createFramedDecoder, bytes.subarray(0, 20), 20);
    expect(lines).toEqual([]);
    expect(faults).toEqual(["the answer broke off inside a message"]);
  });

  it("refuses what is no log stream", () => {
    const { faults } = decode(createFramedDecoder, Buffer.from("<html>502 Bad Gateway</html>"), 28);
    expect(faults[0]).toBe("the answer is no Docker log stream");
  });

  it("makes text of invalid bytes, and keeps what the daemon itself says apart", () => {
    const stream = Buffer.concat([
      frame({ stamp: stamp(1), text: Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x62]) }),
      frame({ stream: "daemon", text: "Error grabbing logs: unexpected EOF" }),
    ]);
    const { lines, daemonErrors } = decode(createFramedDecoder, stream, 64);
    expect(lines.map(({ text }) => text)).toEqual(["a\ufffd\ufffd\u0000b"]);
    expect(daemonErrors).toEqual(["Error grabbing logs: unexpected EOF"]);
  });

  it("keeps a message without a stamp, at the time of the one before", () => {
    const stream = Buffer.concat([
      frame({ stamp: stamp(5), text: "a" }),
      frame({ text: "no stamp here, but a text that is long enough to hold one" }),
    ]);
    const { lines } = decode(createFramedDecoder, stream, 64);
    expect(lines.map(({ time }) => time[1])).toEqual([5_000, 5_000]);
    expect(lines[1]?.text).toMatch(/^no stamp here/);
  });
});

describe("log of a container with a terminal", () => {
  it.each([1, 50, 4096])("is lines with CR LF, in pieces of %i bytes", (size) => {
    const bytes = Buffer.from(`${stamp(1)} one\r\n${stamp(2)} \r\n${stamp(3)} drei ü`);
    const { lines } = decode(createTerminalDecoder, bytes, size);
    expect(lines.map(({ text, time }) => [time[1], text])).toEqual([
      [1_000, "one"],
      [2_000, ""],
      [3_000, "drei ü"],
    ]);
  });

  it("joins the parts that Docker stamped in the middle of a long line", () => {
    const head = "a".repeat(16_384);
    const bytes = Buffer.from(`${stamp(1)} ${head}${stamp(2)} ${head}${stamp(3)} tail\r\n`);
    const { lines } = decode(createTerminalDecoder, bytes, 10_000);
    expect(lines.map(({ text }) => text)).toEqual([`${head}${head}tail`]);
  });
});
