import { describe, expect, test } from "vitest";
import { createFakeClock } from "../../../../wire/test/fakes/fake-clock.ts";
import { createLineJoiner } from "../../../src/lines/join/line-joiner.ts";
import type { GroupBundle } from "../../../src/lines/log-entry.ts";
import { type CorpusCase, type CorpusLine, expectedRecords, readCorpus, toLine } from "./corpus.ts";

const CORPUS = readCorpus();
const LANGUAGES = ["go", "python", "java", "node", "ruby", "php", "dotnet"];
const CASES = ["simple", "chained", "async", "interleaved", "split-16k", "truncated-at-death"];

/** Feeds one stream as the source would, by its own clock, and ends it. */
function bundlesOf(lines: readonly CorpusLine[]): GroupBundle[] {
  const clock = createFakeClock();
  const startMillis = clock.now();
  const bundles: GroupBundle[] = [];
  const joiner = createLineJoiner({ clock, emit: (bundle) => bundles.push(bundle) });
  lines.forEach((line, position) => {
    clock.advance(startMillis + line.millis - clock.now());
    joiner.push(toLine(line, position));
  });
  joiner.flush();
  return bundles;
}

function streamsOf(corpusCase: CorpusCase): CorpusLine[][] {
  return (["stdout", "stderr"] as const).map((stream) =>
    corpusCase.lines.filter((line) => line.stream === stream),
  );
}

describe("the golden corpus", () => {
  test.each(LANGUAGES.flatMap((language) => CASES.map((name) => `${language}/${name}`)))(
    "has %s",
    (name) => {
      expect(CORPUS.map((corpusCase) => corpusCase.name)).toContain(name);
    },
  );

  test.each(CORPUS)("$name comes out as its records, no line of another in any", (corpusCase) => {
    for (const lines of streamsOf(corpusCase)) {
      const records = bundlesOf(lines)
        .flatMap(({ groups }) => groups)
        .map((group) => group.lines.map(({ text }) => text));
      expect(records).toEqual(expectedRecords(lines));
    }
  });

  test.each(CORPUS)("$name can be read on after any bundle with nothing lost", (corpusCase) => {
    for (const lines of streamsOf(corpusCase)) {
      let before = -1;
      for (const { groups, position } of bundlesOf(lines)) {
        const positions = groups.flatMap((group) =>
          group.lines.map((line) => Number(line.position)),
        );
        positions.sort((a, b) => a - b);
        const count = Number(position) - before;
        expect(positions).toEqual(Array.from({ length: count }, (_, index) => before + 1 + index));
        before = Number(position);
      }
      expect(before).toBe(lines.length - 1);
    }
  });
});
