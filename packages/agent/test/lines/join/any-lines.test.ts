import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../../../wire/test/fakes/fake-clock.ts";
import { createLineJoiner } from "../../../src/lines/join/line-joiner.ts";
import type { GroupBundle } from "../../../src/lines/log-entry.ts";
import type { Line } from "../../../src/sources/line.ts";
import { readCorpus } from "./corpus.ts";

const MAX_LINES = 20;
const MAX_BYTES = 4_000;
const LINES_PER_RUN = 400;
const VOCABULARY: readonly string[] = [
  ...new Set(readCorpus().flatMap(({ lines }) => lines.map(({ text }) => text.slice(0, 600)))),
  "",
  " ",
  "}",
  "  ]",
  "x: {",
  '{"msg":"x"}',
  "plain text",
  "\r",
];
const TAGS = [
  "",
  "",
  "",
  "[worker-1] ",
  "[worker-2] ",
  "web-1  | ",
  "2026-11-23 09:11:28 [t-1] ERROR a - ",
];

/** The same numbers for the same seed, so that a failure can be run again. */
function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Run {
  readonly pushed: Line[];
  readonly bundles: GroupBundle[];
  /** How many lines had come out when each flush had been called, and how many had gone in. */
  readonly flushes: readonly (readonly [out: number, into: number])[];
}

function run(seed: number, start: RegExp | undefined): Run {
  const random = seededRandom(seed);
  const clock = createFakeClock();
  const pushed: Line[] = [];
  const bundles: GroupBundle[] = [];
  const flushes: [number, number][] = [];
  let out = 0;
  const joiner = createLineJoiner({
    clock,
    start,
    maxLines: MAX_LINES,
    maxBytes: MAX_BYTES,
    emit(bundle) {
      bundles.push(bundle);
      for (const { lines } of bundle.groups) out += lines.length;
    },
  });
  let at = random(VOCABULARY.length);
  while (pushed.length < LINES_PER_RUN) {
    // Mostly the line that follows in the corpus, so that stacks do form.
    at = random(4) === 0 ? random(VOCABULARY.length) : (at + 1) % VOCABULARY.length;
    const text = `${TAGS[random(TAGS.length)]}${VOCABULARY[at]}`;
    if (random(20) === 0) clock.advance(random(800));
    const millis = clock.now() + (random(30) === 0 ? random(4_000) - 2_000 : 0);
    const time = [Math.floor(millis / 1000), (millis % 1000) * 1e6] as const;
    const line: Line = { text, time, stream: "stdout", position: pushed.length, cutBytes: 0 };
    pushed.push(line);
    joiner.push(line);
    if (random(100) === 0) {
      joiner.flush();
      flushes.push([out, pushed.length]);
    }
  }
  joiner.flush();
  flushes.push([out, pushed.length]);
  return { pushed, bundles, flushes };
}

function positionsOf({ groups }: GroupBundle): number[] {
  return groups.flatMap(({ lines }) => lines.map(({ position }) => Number(position)));
}

describe.each([
  ["the rules", undefined],
  ["a user's start", /^\S/],
])("any lines by %s", (_, start) => {
  const seeds = Array.from({ length: 200 }, (__, seed) => seed + 1);

  test("come out each exactly once and unchanged; a flush leaves nothing", () => {
    for (const seed of seeds) {
      const { pushed, bundles, flushes } = run(seed, start);
      const lines = bundles.flatMap(({ groups }) => groups.flatMap((group) => group.lines));
      lines.sort((a, b) => Number(a.position) - Number(b.position));
      expect(lines, `seed ${seed}`).toEqual(pushed);
      for (const [out, into] of flushes) expect(out, `seed ${seed}`).toBe(into);
    }
  });

  test("come out in order: bundles, the groups of one by their first line, the lines of a group", () => {
    for (const seed of seeds) {
      let next = 0;
      for (const bundle of run(seed, start).bundles) {
        const positions = positionsOf(bundle).sort((a, b) => a - b);
        const expected = Array.from({ length: positions.length }, (__, n) => next + n);
        expect(positions, `seed ${seed}`).toEqual(expected);
        next += positions.length;
        expect(bundle.position, `seed ${seed}`).toBe(next - 1);
        const firsts = bundle.groups.map(({ lines }) => Number(lines[0]?.position));
        expect(firsts, `seed ${seed}`).toEqual([...firsts].sort((a, b) => a - b));
        for (const { lines } of bundle.groups) {
          const inGroup = lines.map(({ position }) => Number(position));
          expect(inGroup, `seed ${seed}`).toEqual([...inGroup].sort((a, b) => a - b));
        }
      }
    }
  });

  test("make no group past the limits", () => {
    for (const seed of seeds) {
      for (const { lines } of run(seed, start).bundles.flatMap(({ groups }) => groups)) {
        const bytes = lines.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
        expect(lines.length, `seed ${seed}`).toBeLessThanOrEqual(MAX_LINES);
        if (lines.length > 1) expect(bytes, `seed ${seed}`).toBeLessThanOrEqual(MAX_BYTES);
      }
    }
  });
});

describe("hostile lines of 100 kB", () => {
  const LENGTH = 100_000;
  // A rule that takes quadratic time on one of these runs into the test's time limit.
  const TIMES = 300;

  test.each(
    [
      " ",
      "\t",
      "at ",
      "    at ",
      "#0 ",
      "a.",
      "A::",
      "\\A",
      "(",
      "[",
      "[[",
      "{",
      "}",
      "{ ",
      "a=b ",
      "^",
      " ^",
      "Caused by: ",
      "Error: ",
      "a/",
      "0",
      "1:",
      "12:34:56 ",
      "2026-11-23 ",
      "-",
      "---> ",
      "\u001b",
      "\u001b[",
      "\u001b]",
      "| ",
      "  | ",
      "a-1 ",
      "[a] ",
      "(a) ",
      "INFO ",
      "a b",
      "Error",
      "goroutine 1 [",
      "x(",
      "):",
      "\0",
      "é",
    ].map((part) => [part]),
  )("of %j alone, and behind each start of a stack", (part) => {
    const clock = createFakeClock();
    let out = 0;
    const joiner = createLineJoiner({
      clock,
      emit: ({ groups }) => {
        for (const { lines } of groups) out += lines.length;
      },
    });
    const hostile = part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH);
    const starts = [
      "",
      "Error: x",
      "2026-11-23 09:11:28 ERROR ",
      "[worker-1] ",
      "Traceback (most recent call last):",
      "panic: ",
      "goroutine 1 [",
      "PHP Fatal error:  Uncaught ",
      "/app/x.rb:1:in `",
      "    at ",
      "Unhandled exception. ",
    ];
    let position = 0;
    for (let n = 0; n < TIMES; n++) {
      for (const text of [
        starts[n % starts.length] as string,
        `${starts[n % starts.length]}${hostile}`,
      ]) {
        joiner.push({ text, time: [1, 0], stream: "stdout", position: position++, cutBytes: 0 });
      }
    }
    joiner.flush();
    expect(out).toBe(2 * TIMES);
  });
});
