import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type HookServer, startHookServer } from "../../test/harness/hook-server.ts";
import { sendLines } from "../../test/harness/otlp.ts";
import type { TestStack } from "../../test/harness/stack.ts";
import { until } from "../../test/harness/until.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { runCli, startServers, withStack } from "../stack/own-stack.ts";
import { type Summary, summarize } from "../statistics.ts";

/** Alerts of each kind: every one has a line of its own and fires once. */
const FULL_ALERTS = 40;
const QUICK_ALERTS = 20;
/** Longer than any interval, so that lines fall on every moment of one. */
const SPREAD_MILLIS = 90_000;
const GIVE_UP_MILLIS = 180_000;

interface Kind {
  readonly service: string;
  readonly title: string;
  /** Beside the three lines that every alert has. */
  readonly every: string;
}

const DEFAULT: Kind = {
  service: "bench-default",
  title: "as it comes: looked at every 30 s, grouped for 15 s",
  every: "",
};
const QUICK: Kind = {
  service: "bench-quick",
  title: "`every: 10s`, `group_wait: 1s`",
  every: "\n    every: 10s",
};

/** A line sent to the collector, until an HTTP receiver has the message of its alert. */
export async function measureDelivery({ isQuick, note }: PartContext): Promise<Section> {
  const count = isQuick ? QUICK_ALERTS : FULL_ALERTS;
  const hook = await startHookServer();
  const closeHook = atExit(hook.close);
  try {
    return await withStack(async (stack) => {
      await startServers(stack);
      await applySpec(stack, hook, count);
      note(`delivery: ${count} alerts of each kind, their lines within ${SPREAD_MILLIS / 1000} s`);
      const sent = await sendAll(stack, count);
      await until(
        "a message of every alert",
        () => receivedOf(hook).size === sent.size,
        GIVE_UP_MILLIS,
      );
      return describe(hook, sent, count);
    });
  } finally {
    await closeHook();
  }
}

async function applySpec(stack: TestStack, hook: HookServer, count: number): Promise<void> {
  const alerts = [DEFAULT, QUICK].flatMap(({ service, every }) =>
    Array.from(
      { length: count },
      (_, index) => `  - name: ${nameOf(service, index)}
    log: {service: ${service}, contains: "line ${index} of"}
    when: any in 10m${every}`,
    ),
  );
  const file = join(stack.data, "sightline.yaml");
  const spec = `default_alerts: {enabled: false}
contacts: [{name: hook, webhook: "${hook.url}"}]
routes:
  - {match: {service_name: ${QUICK.service}}, tell: hook, group_wait: 1s}
  - {match: {service_name: ${DEFAULT.service}}, tell: hook}
alerts:
${alerts.join("\n")}
`;
  writeFileSync(file, spec);
  await runCli(stack, "apply", "--yes", "--file", file);
}

const nameOf = (service: string, index: number): string => `${service} ${index}`;

/** By the name of its alert: when its line was sent. */
async function sendAll(stack: TestStack, count: number): Promise<ReadonlyMap<string, number>> {
  const sent = new Map<string, number>();
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    // Gaps vary, so that no timer falls in step.
    const due = start + ((index + Math.random()) * SPREAD_MILLIS) / count;
    await delay(Math.max(0, due - performance.now()));
    for (const { service } of [DEFAULT, QUICK]) {
      sent.set(nameOf(service, index), Date.now());
      await sendLines(stack.url("otlp"), service, [{ text: `line ${index} of ${count}` }]);
    }
  }
  return sent;
}

function receivedOf(hook: HookServer): ReadonlyMap<string, number> {
  const received = new Map<string, number>();
  for (const { labels, receivedUnixMillis } of hook.alerts) {
    const name = labels["alertname"] ?? "";
    if (!received.has(name)) received.set(name, receivedUnixMillis);
  }
  return received;
}

function describe(hook: HookServer, sent: ReadonlyMap<string, number>, count: number): Section {
  const received = receivedOf(hook);
  const secondsOf = ({ service }: Kind): readonly number[] =>
    Array.from({ length: count }, (_, index) => {
      const name = nameOf(service, index);
      return ((received.get(name) ?? Number.NaN) - (sent.get(name) ?? 0)) / 1000;
    });
  const results = [DEFAULT, QUICK].map((kind) => ({
    title: kind.title,
    summary: summarize(secondsOf(kind)),
  }));
  return {
    part: "delivery",
    title: `line → message, ${count} alerts of each kind`,
    tables: [
      {
        columns: ["seconds", "p50", "p95", "most"],
        rows: results.map(({ title, summary }) => [title, ...figures(summary)]),
      },
    ],
    targets: [
      {
        name: "line → message as it comes, p95",
        value: results[0]?.summary.p95 ?? Number.NaN,
        limit: 60,
        unit: "s",
      },
    ],
    notes: [
      "Through the collector, Loki, its ruler and Alertmanager of the embedded stack, to an HTTP " +
        "receiver. Each alert is the first of its group; one that joins a group of which a message " +
        "went out already waits for `group_interval` (2m).",
    ],
    data: { results },
  };
}

function figures({ p50, p95, max }: Summary): readonly string[] {
  return [p50, p95, max].map(formatFigure);
}
