import { CRASH_FIELD, ERROR_FIELD, PROMETHEUS_LABEL } from "@sightline/core";
import type { Fact } from "../model.ts";
import type { LogSelection } from "./log-selection.ts";

/** A message is no place for a whole stack; the link leads to it. */
const MAX_LINE_CHARACTERS = 400;
const TS = "fact_time";
/** Labels that a fact's query adds; an alert cannot be divided by them. */
const ADDED = { line: "fact_line", template: "fact_template", release: "fact_release" } as const;
export const FACT_LABELS: readonly string[] = [...Object.values(ADDED), TS];

/** What an alert on lines looks at. */
export interface LinesOf {
  readonly selection: LogSelection;
  /** LogQL duration: `10m`. */
  readonly window: string;
  readonly by: readonly string[];
  /** Which fields hold what the message tells. */
  readonly record: "line" | "error" | "crash";
}

/** Texts of the newest matching entry, as templates of Loki's `label_format`. */
const TEXTS: Readonly<Record<LinesOf["record"], Readonly<Record<keyof typeof ADDED, string>>>> = {
  line: {
    line: short("__line__"),
    // Without what differs from one line to the next: ids, addresses, numbers.
    template: short(
      String.raw`regexReplaceAll "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|0x[0-9a-fA-F]+|[0-9a-f]{12,}|\\d+([.:]\\d+)*" __line__ "*"`,
    ),
    release: `{{ .${PROMETHEUS_LABEL.serviceVersion} }}`,
  },
  error: {
    line: short("__line__"),
    template: short(`.${ERROR_FIELD.fpTemplate}`),
    release: `{{ .${ERROR_FIELD.release} }}`,
  },
  crash: {
    line: `{{ if .${CRASH_FIELD.exceptionMessage} }}{{ .${CRASH_FIELD.exceptionType} }}: ${short(`.${CRASH_FIELD.exceptionMessage}`)}{{ else if .${CRASH_FIELD.lastLine} }}${short(`.${CRASH_FIELD.lastLine}`)}{{ else }}${short("__line__")}{{ end }}`,
    template: `{{ .${CRASH_FIELD.verdict} }}`,
    release: `{{ .${CRASH_FIELD.release} }}`,
  },
};

function short(text: string): string {
  return `{{ ${text} | trunc ${MAX_LINE_CHARACTERS} }}`;
}

/**
 * What the message tells of the lines: the newest one, its template and release, when the first one
 * came, how many users are in them.
 *
 * `last_over_time` and `first_over_time` are chosen for Loki's `max_query_series`, 500 on stock
 * limits: they are not divided among shards, so that only the answer counts. With `max_over_time` or
 * `count_over_time` the same query fails at 501 different lines, and a rule of Grafana of which one
 * query fails says "no data" instead of firing. Proven on Loki 3.7.8 and Grafana 10.4.3 with 1,000 lines.
 */
export function lineFacts(lines: LinesOf): Fact[] {
  const newest = newestFact(lines);
  const first = firstFact(lines);
  const { query, narrow } = newest;
  const alsoNewest = { of: newest.name, query, narrow };
  return [
    newest,
    { ...alsoNewest, name: "template", read: { kind: "label", label: ADDED.template } },
    { ...alsoNewest, name: "release", read: { kind: "label", label: ADDED.release } },
    { ...alsoNewest, name: "to", read: { kind: "value", format: "iso" } },
    first,
    {
      of: first.name,
      query: first.query,
      narrow: first.narrow,
      name: "from",
      read: { kind: "value", format: "iso" },
    },
    ...(lines.record === "crash" ? [] : [usersFact(lines)]),
  ];
}

/** Its value is a second after the newest line, in Unix seconds: ends of time ranges are exclusive. */
function newestFact(lines: LinesOf): Fact {
  const texts = TEXTS[lines.record];
  const labels = Object.entries(ADDED).map(
    ([text, label]) => `${label}=\`${texts[text as keyof typeof ADDED]}\``,
  );
  const stamp = `${TS}=\`{{ __timestamp__ | unixEpochMillis }}\``;
  return fact("line", lines, {
    before: `${grouped("topk", lines.by)} (1, last_over_time(`,
    stages: ` | label_format ${[...labels, stamp].join(", ")} | unwrap ${TS}`,
    after: ` by (${[...lines.by, ...Object.values(ADDED)].join(", ")})) / 1000 + 1`,
    read: { kind: "label", label: ADDED.line },
  });
}

function firstFact(lines: LinesOf): Fact {
  return fact("first_seen", lines, {
    before: `${grouped("min", lines.by)} (first_over_time(`,
    stages: ` | label_format ${TS}=\`{{ __timestamp__ | unixEpoch }}\` | unwrap ${TS}`,
    after: ` by (${lines.by.join(", ")}))`,
    read: { kind: "value", format: "timestamp" },
  });
}

function usersFact(lines: LinesOf): Fact {
  const user = ERROR_FIELD.userHash;
  return fact("users", lines, {
    before: `${grouped("count", lines.by)} (last_over_time(`,
    stages: ` | ${user}!="" | label_format ${TS}=\`{{ __timestamp__ | unixEpoch }}\` | unwrap ${TS}`,
    after: ` by (${[...lines.by, user].join(", ")}))`,
    read: { kind: "value", format: "count" },
  });
}

function fact(
  name: string,
  { selection, window }: LinesOf,
  query: {
    readonly before: string;
    readonly stages: string;
    readonly after: string;
    readonly read: Fact["read"];
  },
): Fact {
  // Behind the filters of the user: a parser of theirs may have made the label.
  const head = `${query.before}${selection.stream}${selection.filters}`;
  const tail = `${query.stages} [${window}])${query.after}`;
  return { name, query: `${head}${tail}`, narrow: [head, tail], read: query.read };
}

function grouped(aggregation: string, by: readonly string[]): string {
  return by.length === 0 ? aggregation : `${aggregation} by (${by.join(", ")})`;
}
