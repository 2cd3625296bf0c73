import { ALERT_LABEL, LOKI_LABEL } from "@sightline/core";
import type { Source } from "../../compile/model.ts";
import type { Context } from "../../context.ts";
import type { Resource } from "../../plan/resource.ts";
import { readWrittenStack } from "./live-stack.ts";
import { readLoadState } from "./load-state.ts";
import { type LoadedRule, readLoadedGroups } from "./loaded-rules.ts";
import { findComplaint } from "./reload.ts";
import { type AlertServer, findRunningStack, type RunningStack } from "./running-servers.ts";
import { readStackTexts, type StackText } from "./stack-texts.ts";

/** What the stack's alerts are doing now. */
export interface AlertSummary {
  /** Alert rules that Prometheus and Loki have loaded. */
  readonly rules: number;
  /** Oldest first; without what only tells that alerting works. */
  readonly firing: readonly FiringAlert[];
  /** Contacts that reach somebody. */
  readonly contacts: number;
  /** Rules that cannot be evaluated, files that a server did not take. One line each. */
  readonly problems: readonly string[];
}

export interface FiringAlert {
  readonly name: string;
  readonly severity: string;
  readonly service?: string;
  readonly host?: string;
  readonly sinceUnixMillis: number;
}

const SOURCES: readonly Source[] = ["prometheus", "loki"];
/** Loki polls every 15 s, and a server that just started has not looked yet. */
const GRACE_MILLIS = 60_000;

/** Undefined where neither Prometheus nor Loki runs. */
export async function readAlertSummary(context: Context): Promise<AlertSummary | undefined> {
  const running = await findRunningStack(context);
  if (!SOURCES.some((source) => running.servers.has(source))) return undefined;
  const { paths } = context;
  const texts = readStackTexts(paths, running.mode);
  const written = readWrittenStack(paths, texts, []);
  const [prometheus, loki, load] = await Promise.all([
    readRules("prometheus", running),
    readRules("loki", running),
    readLoadState(running, texts, written.resources),
  ]);
  const rules = [...prometheus, ...loki];
  const behind = await Promise.all(load.behind.map((name) => explainBehind(name, running, texts)));
  return {
    rules: rules.filter(({ type }) => type === "alerting").length,
    firing: rules.flatMap(firingOf).sort((a, b) => a.sinceUnixMillis - b.sinceUnixMillis),
    contacts: written.resources.filter(reachesSomebody).length,
    problems: [
      ...written.warnings,
      ...behind.filter((problem) => problem !== undefined),
      ...failing("prometheus", prometheus),
      ...failing("loki", loki),
    ],
  };
}

async function readRules(
  source: Source,
  { servers }: RunningStack,
): Promise<readonly LoadedRule[]> {
  const server = servers.get(source);
  if (server === undefined) return [];
  const groups = await readLoadedGroups(source, server.url);
  // That it does not answer stands among the problems of the stack already.
  return groups.status === "ok" ? groups.value.flatMap(({ rules }) => rules) : [];
}

function firingOf({ name, alerts = [] }: LoadedRule): FiringAlert[] {
  return alerts
    .filter(({ state, labels }) => state === "firing" && labels[ALERT_LABEL.severity] !== "none")
    .map(({ labels, activeAt }) => ({
      name,
      severity: labels[ALERT_LABEL.severity] ?? "",
      ...(labels[LOKI_LABEL.serviceName] && { service: labels[LOKI_LABEL.serviceName] }),
      ...(labels[LOKI_LABEL.hostName] && { host: labels[LOKI_LABEL.hostName] }),
      sinceUnixMillis: Date.parse(activeAt),
    }));
}

/** The same contact for test messages is none of its own. */
function reachesSomebody({ kind, id, body }: Resource): boolean {
  const hasWay = Object.keys(body).some((key) => key.endsWith("_configs"));
  return kind === "contact-point" && hasWay && !id.startsWith("sightline-notify:");
}

function failing(source: Source, rules: readonly LoadedRule[]): string[] {
  return rules
    .filter(({ health }) => health === "err")
    .map(({ name, lastError }) => `${source} cannot evaluate the rule "${name}": ${lastError}`);
}

async function explainBehind(
  name: AlertServer,
  { servers }: RunningStack,
  texts: ReadonlyMap<string, StackText>,
): Promise<string | undefined> {
  const newest = Math.max(
    0,
    ...[...texts]
      .filter(([path]) => path.startsWith(`${name}/`))
      .map(([, { changedUnixMillis }]) => changedUnixMillis),
  );
  const ageMillis = Date.now() - newest;
  // What it said before that is about a file that is another one by now.
  const lines = (await servers.get(name)?.recentLog(Math.min(GRACE_MILLIS, ageMillis))) ?? [];
  const complaint = findComplaint(name, lines);
  if (complaint !== undefined) {
    return `${name} refuses its files and goes on with what it had: ${complaint}`;
  }
  if (ageMillis < GRACE_MILLIS) return undefined;
  return `${name} has not loaded its files as they are now; \`sightline apply\` or \`sightline up\` makes it`;
}
