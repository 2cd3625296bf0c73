import { expect, test } from "vitest";
import { createFakeClock } from "../../../../wire/test/fakes/fake-clock.ts";
import { createLineJoiner } from "../../../src/lines/join/line-joiner.ts";
import type { LineGroup } from "../../../src/lines/log-entry.ts";
import { type CorpusLine, expectedRecords, readCorpus, toLine } from "./corpus.ts";

/** They break off where a line of the next program could truly be theirs. */
const OPEN_ENDED = new Set([
  "node/truncated-at-death",
  "python/truncated-at-death",
  "python/pydantic",
]);
const BETWEEN = "2026-11-23 09:11:28,100 INFO app: between";
const STEP_MILLIS = 10;

interface Printed {
  readonly name: string;
  readonly lines: readonly CorpusLine[];
}

const PRINTED: readonly Printed[] = readCorpus()
  .flatMap(({ name, lines }) => [
    { name, lines: lines.filter(({ stream }) => stream === "stdout") },
    { name, lines: lines.filter(({ stream }) => stream === "stderr") },
  ])
  .filter(({ lines }) => lines.length > 0);

/** What both print on one stream, a log line between, so soon that the hold is no help. */
function oneAfterTheOther(first: Printed, second: Printed): CorpusLine[] {
  const endMillis = (first.lines.at(-1)?.millis ?? 0) + STEP_MILLIS;
  const shift = endMillis + STEP_MILLIS - (second.lines[0]?.millis ?? 0);
  return [
    ...first.lines.map((line) => ({ ...line, record: line.record && `first ${line.record}` })),
    { millis: endMillis, stream: "stdout", record: undefined, text: BETWEEN },
    ...second.lines.map((line) => ({
      ...line,
      millis: line.millis + shift,
      record: line.record && `second ${line.record}`,
    })),
  ];
}

function recordsOf(lines: readonly CorpusLine[]): string[][] {
  const groups: LineGroup[] = [];
  const clock = createFakeClock();
  const joiner = createLineJoiner({ clock, emit: (bundle) => groups.push(...bundle.groups) });
  lines.forEach((line, position) => {
    joiner.push(toLine(line, position));
  });
  joiner.flush();
  return groups.map((group) => group.lines.map(({ text }) => text));
}

test("no case of the corpus changes the records of another that is printed right after it", () => {
  const changed: string[] = [];
  for (const first of PRINTED.filter(({ name }) => !OPEN_ENDED.has(name))) {
    for (const second of PRINTED) {
      const lines = oneAfterTheOther(first, second);
      const isSame = JSON.stringify(recordsOf(lines)) === JSON.stringify(expectedRecords(lines));
      if (!isSame) changed.push(`${first.name}, then ${second.name}`);
    }
  }
  expect(changed).toEqual([]);
});
