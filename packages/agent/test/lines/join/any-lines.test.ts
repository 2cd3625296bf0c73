import { beforeAll, describe, expect, test } from "vitest";
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

function inOrder(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] as number));
}

/** Says what is wrong with the order of a run's bundles, if anything is. */
function orderFaults({ bundles }: Run): string[] {
  let next = 0;
  return bundles.flatMap((bundle) => {
    const positions = positionsOf(bundle).sort((a, b) => a - b);
    const from = next;
    next += positions.length;
    const firsts = bundle.groups.map(({ lines }) => Number(lines[0]?.position));
    const faults = [
      positions.some((position, index) => position !== from + index) && "lines are missing",
      bundle.position !== next - 1 && "the position is not that of its last line",
      !inOrder(firsts) && "groups are not ordered by first line",
      !bundle.groups.every((group) => inOrder(positionsOf({ ...bundle, groups: [group] }))) &&
        "lines of a group are not in order",
    ];
    return faults.filter((fault) => fault !== false).map((fault) => `bundle at ${from}: ${fault}`);
  });
}

describe.each([
  ["the rules", undefined],
  ["a user's start", /^\S/],
])("any lines by %s", (_, start) => {
  let runs: readonly (Run & { readonly seed: number })[];
  beforeAll(() => {
    runs = Array.from({ length: 200 }, (__, seed) => ({ seed, ...run(seed, start) }));
  });

  test("come out each exactly once and unchanged; a flush leaves nothing", () => {
    for (const { seed, pushed, bundles, flushes } of runs) {
      const lines = bundles.flatMap(({ groups }) => groups.flatMap((group) => group.lines));
      lines.sort((a, b) => Number(a.position) - Number(b.position));
      expect(lines, `seed ${seed}`).toEqual(pushed);
      expect(
        flushes.filter(([out, into]) => out !== into),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  test("come out in order: bundles, the groups of one by their first line, lines of a group", () => {
    for (const one of runs) expect(orderFaults(one), `seed ${one.seed}`).toEqual([]);
  });

  test("make no group past the limits, and do make groups and bundles of several", () => {
    const bundles = runs.flatMap((one) => one.bundles);
    const groups = bundles.flatMap((bundle) => bundle.groups);
    const bytesOf = (group: (typeof groups)[number]): number =>
      group.lines.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
    expect(groups.filter(({ lines }) => lines.length > MAX_LINES)).toEqual([]);
    expect(groups.filter((one) => one.lines.length > 1 && bytesOf(one) > MAX_BYTES)).toEqual([]);
    expect(groups.filter(({ lines }) => lines.length > 3).length).toBeGreaterThan(500);
    if (start === undefined) {
      expect(bundles.filter((bundle) => bundle.groups.length > 1).length).toBeGreaterThan(500);
    }
  });
});

describe("hostile lines of 100 kB", () => {
  const LENGTH = 100_000;
  // Far below a second, while one rule that sees whole lines and takes quadratic time on one of
  // them runs into the test's time limit.
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
