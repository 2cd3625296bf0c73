import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { renderUp, type UpReport } from "../../src/report/up-text.ts";
import type { ServerStatusRow } from "../../src/stack/status.ts";
import { recordIo } from "../support/io.ts";

const zoneBefore = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "UTC";
});
afterAll(() => {
  if (zoneBefore === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zoneBefore;
});

const context = createContext(
  recordIo({
    HOME: "/home/a",
    SIGHTLINE_PORT_BOARD: "18700",
    SIGHTLINE_CALLED_AS: "npm run sightline --",
  }),
);
const row = (name: string): ServerStatusRow => ({
  name,
  title: name,
  version: "1.0.0",
  status: "healthy",
  url: "http://127.0.0.1:1",
  restarts: 0,
});
const report: UpReport = {
  mode: "embedded",
  elapsedMillis: 23_456,
  readBack: [
    {
      signal: "logs",
      status: "read",
      service: "board",
      bySeverity: { info: 400, error: 7 },
      sample: {
        timeNanos: "1774745999123456789",
        line: "cannot read post 17\n    at read (store.js:1:2)",
        fields: { severity_text: "ERROR", service_name: "board" },
      },
    },
    {
      signal: "metrics",
      status: "read",
      requests: 407,
      requestsPerMinute: 399.6,
      p95Seconds: 0.0123,
    },
    { signal: "traces", status: "read", spans: 1, isStored: false },
  ],
  status: {
    mode: "embedded",
    isHealthy: true,
    supervisorAlive: true,
    servers: [row("loki"), row("board")],
    problems: [],
  },
};

describe("what up prints", () => {
  it("is what was read back, the servers, and what to do next", () => {
    expect(renderUp(context, report)).toMatchInlineSnapshot(`
      "
      Sightline is up (embedded, 23s), and every signal was read back

        ✓ logs     407 lines of "board": 400 info, 7 error read back from Loki
                   2026-03-29 00:59:59.123 ERROR cannot read post 17
        ✓ metrics  407 requests counted, 400 per minute in the last minute, p95 12 ms read back from Prometheus
        ✓ traces   1 span accepted by the collector and counted; this stack has no trace store

        server  version  health   memory  disk  up  restarts  url
        loki    1.0.0    healthy  -       -     -   0         http://127.0.0.1:1
        board   1.0.0    healthy  -       -     -   0         http://127.0.0.1:1

        Next
        click through the example  http://127.0.0.1:18700
        follow its log             npm run sightline -- logs board -f
        only what went wrong       npm run sightline -- logs --severity error --since 1h
        is it all well?            npm run sightline -- status
        send your own              OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
        stop it                    npm run sightline -- down
      "
    `);
  });

  it("says where Grafana is and how to get in, where Docker brings it", () => {
    const servers = [row("loki"), row("grafana")];
    const status = { ...report.status, servers };
    expect(renderUp(context, { ...report, mode: "docker", status })).toContain(
      [
        "    open Grafana               http://127.0.0.1:3300",
        "    its password (user admin)  cat /home/a/.local/share/sightline/secrets/grafana-admin-password",
        "    follow its log ",
      ]
        .join("\n")
        .replaceAll(/^ {2}/gm, ""),
    );
    expect(renderUp(context, { ...report, status })).not.toContain("password");
  });

  it("names the hop where a signal got lost, and the server that died", () => {
    const lost = {
      signal: "logs",
      status: "lost",
      hop: "Loki does not answer",
      advice: "sightline status",
    } as const;
    const exit = { atUnixMillis: 0, code: 1, signal: null, logTail: ["disk full"] };
    const servers = [{ ...row("loki"), status: "failed", lastExit: exit }];
    const text = renderUp(context, {
      ...report,
      readBack: [lost],
      status: { ...report.status, servers },
    });
    expect(text).toMatchInlineSnapshot(`
      "
      Sightline started (embedded, 23s), but not every signal was read back

        ✗ logs     Loki does not answer
                   next: sightline status

        server  version  health  memory  disk  up  restarts  url
        loki    1.0.0    failed  -       -     -   0         http://127.0.0.1:1

        loki last ended with code 1 at 1970-01-01T00:00:00.000Z; it last said
            disk full

        Next
        follow its log        npm run sightline -- logs sightline -f
        only what went wrong  npm run sightline -- logs --severity error --since 1h
        is it all well?       npm run sightline -- status
        send your own         OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318
        stop it               npm run sightline -- down
      "
    `);
  });
});
