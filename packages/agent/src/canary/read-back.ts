import { LOKI_LABEL } from "@sightline/core";
import type { AskLoki, StoredLine } from "./ask-loki.ts";
import { markOfRun, parseCanaryLine } from "./canary-line.ts";
import type { EarlierFindings, EarlierRuns, ReadMark } from "./earlier-runs.ts";
import type { Findings, LineTracker, Moment, Window } from "./line-tracker.ts";

export interface ReadBackOptions {
  readonly run: string;
  readonly service: string;
  readonly ask: AskLoki;
  readonly tracker: LineTracker;
  readonly earlier: EarlierRuns;
  /** Where lines of earlier runs are looked for. */
  readonly earlierWindow: Window;
  /** Loki must have answered for so long before anything is called missing. */
  readonly calmMillis: number;
  /** Lines that were found are asked for again this often. */
  readonly askAllMillis: number;
  readonly now: () => Moment;
}

export type ReadOutcome =
  | { readonly status: "read"; readonly findings: readonly (Findings | EarlierFindings)[] }
  | { readonly status: "failed"; readonly reason: string; readonly unknown: number };

export interface ReadBack {
  /** Asks Loki once. */
  read(signal: AbortSignal): Promise<ReadOutcome>;
}

export function createReadBack(options: ReadBackOptions): ReadBack {
  const { run, ask, tracker, earlier, now } = options;
  let answeringSince: number | undefined;
  let askedAllMillis = now().steadyMillis;
  /** The stream that our own lines are in, as the first one found tells. */
  let stream: string | undefined;

  function isCalm(): boolean {
    const { steadyMillis } = now();
    answeringSince ??= steadyMillis;
    return steadyMillis - answeringSince >= options.calmMillis;
  }

  function fail(reason: string): ReadOutcome {
    answeringSince = undefined;
    return { status: "failed", reason, ...tracker.takeFailure(now()) };
  }

  async function readOwn(which: "open" | "all", signal: AbortSignal) {
    const window = tracker.window(which);
    if (window === undefined) return undefined;
    const query = `${selectorOf(options.service)} |= ${quote(markOfRun(run))}`;
    const asked = now();
    const answer = await ask({ query, ...window }, signal);
    return answer.status === "ok" ? { ...answer, asked } : answer;
  }

  /** Where this one fails, the next look is soon enough. */
  async function readEarlier(signal: AbortSignal): Promise<EarlierFindings[]> {
    if (stream === undefined || earlier.isSettled()) return [];
    const query = `${stream} |= "sightline canary " != ${quote(markOfRun(run))}`;
    const answer = await ask({ query, ...options.earlierWindow }, signal);
    if (answer.status === "failed" || !answer.isWhole) return [];
    return [earlier.take(marksOf(answer.lines), now().unixMillis, isCalm())];
  }

  return {
    async read(signal) {
      const isAll = now().steadyMillis - askedAllMillis >= options.askAllMillis;
      if (isAll) askedAllMillis = now().steadyMillis;
      const answer = await readOwn(isAll ? "all" : "open", signal);
      if (answer?.status === "failed") return fail(answer.reason);
      const findings: (Findings | EarlierFindings)[] = [];
      const wasFound = stream !== undefined;
      if (answer !== undefined) {
        const { asked, isWhole, lines } = answer;
        const own = lines.filter(({ text }) => parseCanaryLine(text)?.run === run);
        const copies = countCopies(own);
        const answered = now();
        findings.push(tracker.take({ copies, asked, answered, isWhole, isCalm: isCalm() }));
        stream ??= streamOf(options.service, own);
      }
      const isFirstFound = !wasFound && stream !== undefined;
      if (isAll || isFirstFound) findings.push(...(await readEarlier(signal)));
      return { status: "read", findings };
    },
  };
}

function countCopies(lines: readonly StoredLine[]): Map<number, number> {
  const copies = new Map<number, number>();
  for (const { number } of marksOf(lines)) copies.set(number, (copies.get(number) ?? 0) + 1);
  return copies;
}

function marksOf(lines: readonly StoredLine[]): ReadMark[] {
  return lines.flatMap(({ text, unixMillis }) => {
    const mark = parseCanaryLine(text);
    return mark === undefined ? [] : [{ ...mark, unixMillis }];
  });
}

/** Canaries of other hosts are no earlier runs of this one. */
function streamOf(service: string, lines: readonly StoredLine[]): string | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  return selectorOf(service, first.fields[LOKI_LABEL.hostName]);
}

function selectorOf(service: string, hostName?: string): string {
  const host = hostName === undefined ? "" : `,${LOKI_LABEL.hostName}=${quote(hostName)}`;
  return `{${LOKI_LABEL.serviceName}=${quote(service)}${host}}`;
}

/** LogQL's strings are Go's, which JSON's are, too. */
function quote(text: string): string {
  return JSON.stringify(text);
}
