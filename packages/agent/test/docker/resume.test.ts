import { describe, expect, it } from "vitest";
import { anchorOf, parseAnchor, sinceText, toPosition } from "../../src/docker/anchor.ts";
import type { RawLine } from "../../src/docker/log-line.ts";
import { createResume } from "../../src/docker/resume.ts";
import type { Stream } from "../../src/sources/line.ts";

function line(text: string, seconds: number, stream: Stream = "stdout", nanos = 0): RawLine {
  return { text, time: [seconds, nanos], stream, cutBytes: 0 };
}

const read = (
  log: readonly RawLine[],
  anchors: Parameters<typeof createResume>[0],
): { texts: string[]; lost: readonly Stream[] } => {
  const resume = createResume(anchors);
  const texts = [...log.flatMap((entry) => resume.push(entry)), ...resume.release()].map(
    ({ text }) => text,
  );
  return { texts, lost: resume.lostAnchors() };
};

describe("finding the place in a log", () => {
  const log = [line("a", 1), line("b", 2, "stderr"), line("c", 3), line("d", 4, "stderr")];

  it("goes on after one place for both streams", () => {
    const anchor = anchorOf(line("b", 2, "stderr"));
    expect(read(log, { stdout: anchor, stderr: anchor })).toEqual({ texts: ["c", "d"], lost: [] });
  });

  it("goes on after a place of its own in each stream", () => {
    const anchors = { stdout: anchorOf(line("c", 3)), stderr: anchorOf(line("b", 2, "stderr")) };
    expect(read(log, anchors)).toEqual({ texts: ["d"], lost: [] });
  });

  it("takes everything of a stream that was never read", () => {
    expect(read(log, { stdout: anchorOf(line("c", 3)) }).texts).toEqual(["b", "d"]);
  });

  it("tells lines of the same nanosecond apart by their text", () => {
    const same = [line("x", 5), line("y", 5), line("z", 5)];
    const anchor = anchorOf(line("y", 5));
    expect(read(same, { stdout: anchor, stderr: anchor }).texts).toEqual(["z"]);
  });

  it("is not misled by neighbours that were stamped before they were written", () => {
    // The stderr line was stamped first and written last.
    const swapped = [line("a", 1), line("late", 2, "stdout", 5), line("anchor", 2, "stderr", 1)];
    const anchor = anchorOf(line("anchor", 2, "stderr", 1));
    const after = [...swapped, line("new", 2, "stdout", 9)];
    expect(read(after, { stdout: anchor, stderr: anchor })).toEqual({ texts: ["new"], lost: [] });
  });

  it("finds new lines although the clock was set back", () => {
    const jumped = [line("a", 1_000), line("anchor", 2_000), line("new", 500), line("newer", 501)];
    const anchor = anchorOf(line("anchor", 2_000));
    expect(read(jumped, { stdout: anchor, stderr: anchor }).texts).toEqual(["new", "newer"]);
  });

  it("says which place is gone, and takes all that is later", () => {
    const anchor = anchorOf(line("rotated away", 2));
    const rest = [line("later", 9), line("last", 10, "stderr")];
    expect(read(rest, { stdout: anchor, stderr: anchor })).toEqual({
      texts: ["later", "last"],
      lost: ["stdout", "stderr"],
    });
  });

  it("keeps what is close behind a lost place back until the log has paused", () => {
    const resume = createResume({ stdout: anchorOf(line("gone", 2)) });
    expect(resume.push(line("close", 2, "stdout", 5))).toEqual([]);
    expect(resume.isDone()).toBe(false);
    expect(resume.release().map(({ text }) => text)).toEqual(["close"]);
    expect(resume.isDone()).toBe(true);
  });
});

describe("position of a container's log", () => {
  it("survives the journal", () => {
    const anchor = anchorOf(line("text", 1_700_000_000, "stderr", 123_456_789));
    expect(parseAnchor(JSON.parse(JSON.stringify(toPosition(anchor))))).toEqual(anchor);
  });

  it.each([undefined, null, "x", [], [1, 2, 3], [1, 2, "3", 4], { a: 1 }])(
    "is not made of %j",
    (damaged) => {
      expect(parseAnchor(damaged as never)).toBeUndefined();
    },
  );

  it("is asked for with nine digits, and never before 1970", () => {
    expect(sinceText([1_700_000_000, 5], 10)).toBe("1699999990.000000005");
    expect(sinceText([3, 0], 10)).toBe("0.000000000");
  });
});
