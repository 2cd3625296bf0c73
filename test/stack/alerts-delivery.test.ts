import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HookAlert, type HookServer, startHookServer } from "../harness/hook-server.ts";
import { type MailServer, startMailServer } from "../harness/mail-server.ts";
import { sendLines } from "../harness/otlp.ts";
import { createTestStack, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const LINE = "the weather service gave no answer within 1200 ms";
const SECRET_PATH = "canary-7f3a9c";

/** Short windows, so that an end comes within a test; what is told, and by whom, is as ever. */
const SPEC = (mail: string): string => `
default_alerts: {enabled: false}
urls: {grafana: "https://grafana.example.org"}
smtp: {host: "${mail}", from: "sightline@example.org", require_tls: false}
contacts:
  - {name: ops, email: ops@example.org}
  - {name: chat, webhook: "\${env:HOOK_URL}"}
alerts:
  - name: Weather is silent
    log: {service: board, contains: "gave no answer"}
    when: at least 3 in 1m
    every: 10s
  - name: Board answers slowly
    metric: {service: board, signal: p95, over: 1m}
    when: above 1s
    every: 10s
  - name: Numbered
    log: {service: numbered, contains: "case"}
    when: any in 5m
    by: case
    every: 10s
  - name: Muted
    log: {service: muted, contains: "nobody hears"}
    when: any in 5m
    every: 10s
mute_timings:
  - {name: always, intervals: [{times: ["00:00-24:00"]}]}
routes:
  - match: {alertname: Muted}
    tell: chat
    mute: always
    group_wait: 1s
  - match: {alertname: Numbered}
    tell: chat
    group_by: [alertname, case]
    group_wait: 1s
  - match: {service_name: board}
    tell: [ops, chat]
    group_wait: 1s
    group_interval: 5s
`;

describe("alerts of the board, from its line to a message", () => {
  let stack: TestStack;
  let mail: MailServer;
  let hook: HookServer;
  let spec: string;

  const alertsOf = (name: string, status: HookAlert["status"]): HookAlert[] =>
    hook.alerts.filter((alert) => alert.labels["alertname"] === name && alert.status === status);
  const mailsAbout = (text: string) =>
    mail.mails.filter(({ subject = "", text: body = "" }) => `${subject}\n${body}`.includes(text));
  const run = (...args: string[]) =>
    stack.start([...args, "--file", spec], { HOOK_URL: `${hook.url}/${SECRET_PATH}` }).done;
  const askWeather = async (): Promise<void> => {
    const answer = await fetch(`${stack.url("board")}/api/weather?simulate=silent`);
    expect(answer.status).toBe(504);
  };

  beforeAll(async () => {
    [mail, hook] = await Promise.all([startMailServer(), startHookServer()]);
    stack = await createTestStack({ DOCKER_HOST: "unix:///nowhere/docker.sock" });
    spec = join(stack.data, "sightline.yaml");
    const up = await stack.run("up", "--mode", "embedded");
    expect(up.stderr + up.stdout).toContain("every signal was read back");
    writeFileSync(spec, SPEC(mail.address));
  }, 300_000);

  afterAll(async () => {
    await stack?.dispose();
    await Promise.all([mail?.close(), hook?.close()]);
  });

  it("applies what is written, once, and says that the servers have it", async () => {
    const applied = await run("apply", "--yes");
    expect(applied.stderr).not.toContain("✗");
    expect(applied.code).toBe(0);
    const again = await run("apply", "--yes", "--json");
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ applied: [], writes: 0 });
    const drift = await run("drift");
    expect(drift.stdout).toContain("as the specification says");
    expect(drift.code).toBe(0);
  });

  it("tells of a line with the line itself, its count and where to look, by mail and by HTTP", async () => {
    await Promise.all([askWeather(), askWeather(), askWeather()]);
    const [alert] = await until("the alert on the line", () => {
      const found = alertsOf("Weather is silent", "firing");
      return found.length > 0 && found;
    });
    const { annotations = {} } = alert as HookAlert;
    expect(annotations["line"]).toContain(LINE);
    expect(annotations["summary"]).toMatch(/[3-9] lines in 1m in board$/);
    expect(annotations["logs_url"]).toContain("https://grafana.example.org/");

    const found = await until("the mail about it", () => mailsAbout(LINE)[0]);
    expect(found.to).toMatchObject({ text: "ops@example.org" });
    expect(found.subject).toContain("Weather is silent");
    expect(found.text).toContain("lines in 1m in board");
    expect(found.text).toContain("https://grafana.example.org/");
    expect(found.html).toContain("gave no answer within 1200 ms");

    const query = new URLSearchParams({
      query: annotations["logs_query"] ?? "",
      since: "1h",
      limit: "10",
    });
    const answer = await fetch(`${stack.url("loki")}/loki/api/v1/query_range?${query}`);
    const { data } = (await answer.json()) as {
      data: { result: { values: [string, string][] }[] };
    };
    const lines = data.result.flatMap(({ values }) => values.map(([, line]) => line));
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.every((line) => line.includes(LINE))).toBe(true);
  });

  it("tells of a figure", async () => {
    const calls = until("the alert on slow answers", async () => {
      await askWeather();
      return alertsOf("Board answers slowly", "firing")[0];
    });
    const { annotations } = await calls;
    expect(annotations["summary"]).toMatch(/board/);
    await until("the mail about it", () => mailsAbout("Board answers slowly")[0]);
  });

  it("tells that both are over, once the board is well again", async () => {
    for (const name of ["Weather is silent", "Board answers slowly"]) {
      await until(
        `the end of "${name}"`,
        async () => {
          // Quick answers, so that the figure is there and low.
          await fetch(`${stack.url("board")}/api/posts`);
          return alertsOf(name, "resolved").length > 0;
        },
        150_000,
      );
    }
    await until("the mail of the end", () =>
      mail.mails.some(
        ({ subject = "" }) => /resolved/i.test(subject) && subject.includes("Weather is silent"),
      ),
    );
  });

  it("tells of each of twenty-four lines within a minute", async () => {
    const sent = new Map<string, number>();
    for (let n = 1; n <= 24; n++) {
      const text = `case ${n} of the numbered`;
      sent.set(String(n), Date.now());
      await sendLines(stack.url("otlp"), "numbered", [{ text, attributes: { case: String(n) } }]);
      // Over two intervals, so that lines fall on every moment of one.
      await delay(800);
    }
    const delays = await until("a message of each", () => {
      const found = alertsOf("Numbered", "firing").map(({ labels, receivedUnixMillis }) => ({
        number: labels["case"] ?? "",
        delay: receivedUnixMillis - (sent.get(labels["case"] ?? "") ?? 0),
      }));
      const first = new Map(found.reverse().map(({ number, delay }) => [number, delay]));
      return first.size === 24 && [...first.values()];
    });
    const sorted = delays.sort((a, b) => a - b);
    console.log(
      `from line to message: p50 ${sorted[11]} ms, p95 ${sorted[22]} ms, most ${sorted[23]} ms`,
    );
    expect(sorted[22]).toBeLessThan(60_000);
  });

  it("keeps a silence: the alert fires and nobody is told", async () => {
    const matcher = { name: "alertname", value: "Weather is silent", isRegex: false };
    const endsAt = new Date(Date.now() + 600_000).toISOString();
    const body = {
      matchers: [{ ...matcher, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt,
      createdBy: "test",
      comment: "known",
    };
    const made = await fetch(`${stack.url("alertmanager")}/api/v2/silences`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(made.status).toBe(200);
    const before = alertsOf("Weather is silent", "firing").length;
    await Promise.all([askWeather(), askWeather(), askWeather()]);
    await until("the alert to fire, silenced", () => isSuppressed(stack, "Weather is silent"));
    await until("a notification that was not sent", () => suppressed(stack, "silence"));
    expect(alertsOf("Weather is silent", "firing")).toHaveLength(before);
  });

  it("keeps a mute timing", async () => {
    await sendLines(stack.url("otlp"), "muted", [{ text: "nobody hears this" }]);
    await until("a notification that was not sent", () => suppressed(stack, "mute_time_interval"));
    expect(alertsOf("Muted", "firing")).toEqual([]);
  });

  it("sends a test message to a contact, and says what came back", async () => {
    const count = hook.alerts.length;
    const result = await run("notify", "chat");
    expect(result.stderr).toBe("");
    expect(result.code).toBe(0);
    expect(hook.alerts.length).toBeGreaterThan(count);
  });

  it("shows no secret anywhere", async () => {
    const plan = await run("plan", "--json");
    const status = await stack.run("status", "--json");
    const loaded = await fetch(`${stack.url("alertmanager")}/api/v2/status`);
    const texts = [plan.stdout, plan.stderr, status.stdout, await loaded.text()];
    for (const text of texts) expect(text).not.toContain(SECRET_PATH);
  });
});

async function isSuppressed(stack: TestStack, name: string): Promise<boolean> {
  const filter = new URLSearchParams({ filter: `alertname="${name}"` });
  const answer = await fetch(`${stack.url("alertmanager")}/api/v2/alerts?${filter}`);
  const alerts = (await answer.json()) as { status: { state: string } }[];
  return alerts.length > 0 && alerts.every(({ status }) => status.state === "suppressed");
}

/** Whether Alertmanager has held back a notification for this reason. */
async function suppressed(stack: TestStack, reason: string): Promise<boolean> {
  const answer = await fetch(`${stack.url("alertmanager")}/metrics`);
  const pattern = new RegExp(
    `^alertmanager_notifications_suppressed_total\\{[^}]*reason="${reason}"[^}]*\\} ([1-9]\\d*)`,
    "m",
  );
  return pattern.test(await answer.text());
}
