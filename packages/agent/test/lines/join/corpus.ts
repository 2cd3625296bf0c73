import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Line, Stream } from "../../../src/sources/line.ts";

export interface CorpusLine {
  readonly millis: number;
  readonly stream: Stream;
  /** Undefined: a record of its own. */
  readonly record: string | undefined;
  readonly text: string;
}

export interface CorpusCase {
  /** `python/chained` */
  readonly name: string;
  readonly lines: readonly CorpusLine[];
}

const FOLDER = fileURLToPath(new URL("../../corpus/", import.meta.url));
const LINE = /^ *(\d+) (out|err) ([A-Z.]) {2}\|(?: (.*))?$/;
const REPEAT = /\{\{([^*{}]+)\*(\d+)\}\}/g;
/** Any moment will do; the lines of a case are relative to it. */
const START_SECONDS = 1_763_892_000;

export function readCorpus(): CorpusCase[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".txt"))
    .sort()
    .map((file) => ({
      name: file.replace(/\.txt$/, "").replaceAll("\\", "/"),
      lines: readLines(file, readFileSync(`${FOLDER}${file}`, "utf8")),
    }));
}

export function toLine(line: CorpusLine, position: number): Line {
  const { millis, text, stream } = line;
  const seconds = START_SECONDS + Math.floor(millis / 1000);
  return { text, stream, position, time: [seconds, (millis % 1000) * 1e6], cutBytes: 0 };
}

/** The records of one stream as texts, by their first line. */
export function expectedRecords(lines: readonly CorpusLine[]): string[][] {
  const records: string[][] = [];
  const named = new Map<string, string[]>();
  for (const { record, text } of lines) {
    const known = record === undefined ? undefined : named.get(record);
    if (known !== undefined) {
      known.push(text);
      continue;
    }
    const begun = [text];
    records.push(begun);
    if (record !== undefined) named.set(record, begun);
  }
  return records;
}

function readLines(file: string, content: string): CorpusLine[] {
  return content
    .split("\n")
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"))
    .map(({ text, number }) => {
      const match = LINE.exec(text);
      if (match === null) {
        throw new Error(`${file}:${number}: expected "<ms> out|err <letter or .>  | <text>"`);
      }
      const [, millis, stream, record, body = ""] = match;
      return {
        millis: Number(millis),
        stream: stream === "out" ? "stdout" : "stderr",
        record: record === "." ? undefined : record,
        text: unfold(body),
      };
    });
}

function unfold(text: string): string {
  return text
    .replaceAll("{{esc}}", "\u001b")
    .replace(REPEAT, (_, part: string, times: string) => part.repeat(Number(times)));
}
