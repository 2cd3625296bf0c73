import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fault } from "../../packages/cli/src/fault.ts";
import { run } from "../../packages/cli/src/run.ts";
import { freePort } from "../harness/free-port.ts";
import { type Rulers, startRulers } from "../harness/rulers.ts";
import { until } from "../harness/until.ts";

const HOUR_MILLIS = 3_600_000;

const SPEC = `
contacts: [{name: ops, webhook: "\${env:HOOK}"}]
alerts:
  - {name: Seen, log: {service: shop, contains: payment failed}, when: any in 10m, tell: ops}
  - {name: Held too short, log: {service: shop, contains: payment failed}, when: any in 10m, for: 30m, tell: ops}
  - {name: Other service, log: {service: shops, contains: payment failed}, when: any in 10m, tell: ops}
  - {name: Metric misspelt, promql: board_order_total > 5, tell: ops}
  - {name: Value misspelt, promql: 'sum(rate(board_orders_total{kind="cards"}[5m])) > 5', tell: ops}
  - {name: No such label, promql: 'sum(rate(board_orders_total{kid="card"}[5m])) > 5', tell: ops}
  - {name: Refused, promql: board_orders_total * on(job) board_orders_total > 0, tell: ops}
  - {name: Goes on, promql: board_up == 1, tell: ops}
  - {name: Never there, absent: {metric: board_never}, when: none for 10m, tell: ops}
lint: {off: [env-missing, promql-counter]}
`;

let rulers: Rulers;
let exporter: Server;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sightline-lint-"));
  exporter = createServer((_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(
      'board_up 1\nboard_orders_total{kind="card"} 5\nboard_orders_total{kind="cash"} 7\n',
    );
  });
  await new Promise<void>((done) => exporter.listen(0, "127.0.0.1", done));
  const { port } = exporter.address() as AddressInfo;
  rulers = await startRulers({ files: [], maxQuerySeries: 500, scrape: `127.0.0.1:${port}` });
  const nowMillis = Date.now();
  await push(nowMillis - 5 * HOUR_MILLIS, "payment failed 1");
  await push(nowMillis - 2 * HOUR_MILLIS, "payment failed 2");
  await push(nowMillis - 2 * HOUR_MILLIS + 60_000, "payment failed 3");
  await until("the samples and the lines", async () => {
    const samples = await read(`${rulers.prometheusUrl}/api/v1/query?query=count(board_up)`);
    const query = encodeURIComponent('sum(count_over_time({service_name="shop"}[6h]))');
    const lines = await read(`${rulers.lokiUrl}/loki/api/v1/query?query=${query}`);
    return samples.includes('"1"') && lines.includes('"3"');
  });
}, 180_000);

afterAll(async () => {
  await rulers?.stop();
  exporter?.closeAllConnections();
  exporter?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function push(timeMillis: number, line: string): Promise<void> {
  const stream = {
    service_name: "shop",
    kind: "log",
    host_name: "vm-1",
    deployment_environment_name: "production",
  };
  const answer = await fetch(`${rulers.lokiUrl}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams: [{ stream, values: [[`${timeMillis}000000`, line]] }] }),
  });
  expect(answer.status, await answer.text()).toBe(204);
}

async function read(url: string): Promise<string> {
  return await (await fetch(url)).text();
}

interface Linted {
  readonly code: number;
  readonly faults: readonly Fault[];
}

async function lint(
  ports: { readonly loki?: string; readonly prometheus?: string } = {},
): Promise<Linted> {
  const file = join(folder, "sightline.yaml");
  writeFileSync(file, SPEC);
  let stdout = "";
  const code = await run(["lint", "--file", file, "--live", "--json"], {
    out: (text) => {
      stdout += text;
    },
    err: () => undefined,
    isTty: false,
    columns: () => 80,
    env: {
      HOME: folder,
      SIGHTLINE_PORT_LOKI: ports.loki ?? new URL(rulers.lokiUrl).port,
      SIGHTLINE_PORT_PROMETHEUS: ports.prometheus ?? new URL(rulers.prometheusUrl).port,
    },
    ask: async () => undefined,
  });
  return { code, faults: (JSON.parse(stdout) as { faults: Fault[] }).faults };
}

function of(faults: readonly Fault[], alert: string): string[] {
  return faults
    .filter(({ place }) => place?.path.startsWith(`alerts["${alert}"]`))
    .map(({ check, message, advice }) => `${check}: ${message}${advice ? ` (${advice})` : ""}`);
}

test("each alert is held against what Prometheus and Loki have", async () => {
  const { code, faults } = await lint();
  expect(of(faults, "Seen")).toEqual([
    expect.stringMatching(/^live-fires: alert "Seen": it would have fired 2 times \(/),
  ]);
  expect(of(faults, "Held too short")).toEqual([
    expect.stringContaining("it would not have fired in the last 7 days"),
  ]);
  expect(of(faults, "Other service")).toEqual([
    expect.stringMatching(
      /^live-label: .* no stream has service_name="shops"; .*did you mean "shop"/,
    ),
  ]);
  expect(of(faults, "Metric misspelt")).toEqual([
    expect.stringMatching(
      /^live-series: .*no metric board_order_total.*did you mean "board_orders_total"/,
    ),
  ]);
  expect(of(faults, "Value misspelt")).toEqual([
    expect.stringMatching(
      /^live-label: .*no series of board_orders_total has kind="cards"; kind is card, cash/,
    ),
  ]);
  expect(of(faults, "No such label")).toEqual([
    expect.stringMatching(/^live-label: .*has the label kid/),
  ]);
  expect(of(faults, "Refused")).toEqual([expect.stringMatching(/^live-refused: /)]);
  expect(of(faults, "Goes on")).toEqual([
    expect.stringMatching(/^live-fires: .*would have fired once/),
  ]);
  expect(of(faults, "Never there")).toEqual([
    expect.stringMatching(/^live-series: .*no metric board_never/),
    expect.stringMatching(/^live-noisy: .*would have fired once in the last 7 days, 7d/),
  ]);
  expect(code).toBe(3);
});

test("default alerts that watch what nobody sends are one piece of information, and no fault", async () => {
  const { faults } = await lint();
  const idle = faults.filter(({ message }) => message.includes("default alerts watch"));
  expect(idle).toMatchObject([{ check: "live-series", severity: "info" }]);
  expect(idle[0]?.message).toContain("sightline-service-down");
});

test("a server that is away is said once, and the other one is asked all the same", async () => {
  const { faults } = await lint({ prometheus: String(await freePort()) });
  const away = faults.filter(({ check }) => check === "live-no-answer");
  expect(away.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Prometheus does not answer: /),
  ]);
  expect(of(faults, "Seen")).toHaveLength(1);
  expect(of(faults, "Refused")).toEqual([]);
});

test("servers that are both away give code 8", async () => {
  const { code } = await lint({
    prometheus: String(await freePort()),
    loki: String(await freePort()),
  });
  expect(code).toBe(8);
});
