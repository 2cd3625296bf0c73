/** Attempts of one kind of integration of one receiver since Alertmanager started. */
export interface Attempts {
  readonly succeeded: number;
  readonly failed: number;
}

const REQUESTS = "alertmanager_notification_requests_total";
const FAILED = "alertmanager_notification_requests_failed_total";

/**
 * Counters of a receiver by integration, from the text of /metrics. Needs the feature
 * receiver-name-in-metrics; `undefined` where the server runs without it.
 */
export function readAttempts(
  metrics: string,
  receiver: string,
): ReadonlyMap<string, Attempts> | undefined {
  if (!metrics.includes('receiver_name="')) return undefined;
  const found = new Map<string, Attempts>();
  for (const line of metrics.split("\n")) {
    const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    if ((name !== REQUESTS && name !== FAILED) || labels === undefined) continue;
    const all = readLabels(labels);
    if (all.get("receiver_name") !== receiver) continue;
    const integration = all.get("integration") ?? "";
    const old = found.get(integration) ?? { succeeded: 0, failed: 0 };
    const count = Number(value);
    found.set(
      integration,
      name === REQUESTS
        ? { ...old, succeeded: old.succeeded + count }
        : { succeeded: old.succeeded - count, failed: count },
    );
  }
  return found;
}

function readLabels(text: string): ReadonlyMap<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return new Map(
    pairs.map(([, name = "", value = ""]) => [
      name,
      value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter)),
    ]),
  );
}

/** What Alertmanager's log says of one test. */
export interface LoggedFault {
  /** `email`, and which of several of this kind. */
  readonly integration: string;
  readonly index: number;
  readonly reason: string;
  /** It will not be tried again. */
  readonly isFinal: boolean;
}

/**
 * Lines of the log (logfmt) that are about the test with this id: single attempts ("Notify attempt
 * failed"), and the end ("Notify for alerts failed"), which names every way that failed.
 */
export function readLoggedFaults(
  lines: readonly string[],
  id: string,
  receiver: string,
): readonly LoggedFault[] {
  return lines.flatMap((line) => {
    if (!line.includes(id)) return [];
    const fields = readLogfmt(line);
    const error = fields.get("err") ?? "";
    if (fields.get("msg")?.startsWith("Notify attempt failed")) {
      const [, integration = "", index = "0"] =
        /^(\w+)\[(\d+)\]$/.exec(fields.get("integration") ?? "") ?? [];
      return [{ integration, index: Number(index), reason: error, isFinal: false }];
    }
    if (!fields.get("msg")?.startsWith("Notify for alerts failed")) return [];
    return splitFinal(error, receiver);
  });
}

/** `<receiver>/webhook[0]: notify retry canceled ... after 6 attempts: <error>`, joined by "; " or line breaks. */
function splitFinal(error: string, receiver: string): LoggedFault[] {
  const marks = [...error.matchAll(/\/(\w+)\[(\d+)\]: notify retry canceled[^:]*: /g)];
  return marks.map((mark, nth) => ({
    integration: mark[1] ?? "",
    index: Number(mark[2]),
    reason: withoutNext(error.slice(mark.index + mark[0].length, marks[nth + 1]?.index), receiver),
    isFinal: true,
  }));
}

/** Without the receiver of the error that comes next. */
function withoutNext(text: string, receiver: string): string {
  const tail = ["; ", "\n"].map((between) => between + receiver).find((it) => text.endsWith(it));
  return (tail === undefined ? text : text.slice(0, -tail.length)).trim();
}

export function readLogfmt(line: string): ReadonlyMap<string, string> {
  const pairs = [...line.matchAll(/([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)/g)];
  return new Map(pairs.map(([, name = "", value = ""]) => [name, unquote(value)]));
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value.slice(1, -1);
  }
}
