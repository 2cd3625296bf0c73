import { ANNOTATION } from "@sightline/core";
import { lineFacts } from "../alerts/log-facts.ts";
import type { CompileInput } from "../compile-spec.ts";
import { logsUrl, silenceUrl } from "../messages/links.ts";
import type { Fact, Message, MessagePart } from "../model.ts";
import { runbookUrl } from "../runbook-url.ts";
import { messageText } from "./message-text.ts";
import type { PackRow, PackScope } from "./pack-row.ts";

/** The texts of a default alert, and the links that lead on. */
export function packMessage(row: PackRow, scope: PackScope, input: CompileInput): Message {
  const text = (words: string): MessagePart[] => messageText(words, row.format);
  const facts = factsOf(row, scope);
  return {
    summary: text(row.summary),
    description: text(row.description),
    annotations: { ...told(facts), ...annotationsOf(row, input, text, facts) },
    facts,
  };
}

function annotationsOf(
  row: PackRow,
  { urls, target }: CompileInput,
  text: (words: string) => MessagePart[],
  facts: readonly Fact[],
): Readonly<Record<string, readonly MessagePart[]>> {
  const query = row.lines === undefined ? undefined : text(row.lines);
  const logs = query && logsUrl(urls, target, query, rangeOf(facts));
  const labels = Object.fromEntries(
    row.by.map((name) => [name, [{ kind: "label", name } as const]]),
  );
  const isSpoken = row.severity !== "none";
  const all: [string, readonly MessagePart[] | undefined][] = [
    [ANNOTATION.runbookUrl, [{ kind: "text", text: runbookUrl(urls, row.id) }]],
    [ANNOTATION.logsQuery, query],
    [ANNOTATION.logsUrl, logs],
    [
      ANNOTATION.logsCommand,
      logs === undefined && row.command !== undefined ? text(row.command) : undefined,
    ],
    [
      ANNOTATION.dashboardUrl,
      row.dashboard === undefined || urls.grafana === undefined
        ? undefined
        : text(`${urls.grafana}${row.dashboard}`),
    ],
    [ANNOTATION.silenceUrl, isSpoken ? silenceUrl(urls, target, row.name, labels) : undefined],
  ];
  return Object.fromEntries(
    all.filter((entry): entry is [string, readonly MessagePart[]] => entry[1] !== undefined),
  );
}

/** From the first line to the newest; of figures the last hour. */
function rangeOf(facts: readonly Fact[]): Record<"from" | "to", readonly MessagePart[]> {
  return facts.some(({ name }) => name === "from")
    ? { from: [{ kind: "fact", name: "from" }], to: [{ kind: "fact", name: "to" }] }
    : { from: [{ kind: "text", text: "now-1h" }], to: [{ kind: "text", text: "now" }] };
}

function factsOf({ facts = [], linesOf }: PackRow, scope: PackScope): readonly Fact[] {
  const own = facts.map(
    ({ name, label, query }): Fact => ({
      name,
      query: query(scope),
      read: { kind: "label", label },
    }),
  );
  return linesOf === undefined ? own : [...own, ...lineFacts(linesOf(scope))];
}

const TOLD: Readonly<Record<string, string>> = {
  line: ANNOTATION.line,
  template: ANNOTATION.template,
  first_seen: ANNOTATION.firstSeen,
  users: ANNOTATION.users,
  release: ANNOTATION.release,
};

/** What templates of messages can show of the lines. */
function told(facts: readonly Fact[]): Record<string, readonly MessagePart[]> {
  const names = facts.map(({ name }) => name).filter((name) => Object.hasOwn(TOLD, name));
  if (names.length === 0) return {};
  return {
    ...Object.fromEntries(names.map((name) => [TOLD[name], [{ kind: "fact", name } as const]])),
    [ANNOTATION.count]: [{ kind: "value", format: "count" }],
  };
}
