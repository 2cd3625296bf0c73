import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { createContext } from "../../src/context.ts";
import { sumMetrics } from "../../src/readback/collector-counters.ts";
import { findBrokenHop } from "../../src/readback/hops.ts";
import { recordIo } from "../support/io.ts";

describe("the collector's counters", () => {
  it("are summed over their labels, with and without _total", () => {
    const sums = sumMetrics(
      [
        "# HELP otelcol_receiver_accepted_spans Number of spans",
        "# TYPE otelcol_receiver_accepted_spans counter",
        'otelcol_receiver_accepted_spans_total{receiver="otlp",transport="http"} 7',
        'otelcol_receiver_accepted_spans_total{receiver="otlp",name="a } 9 b"} 5 1700000000',
        "otelcol_receiver_accepted_spans 1e1",
        "up_seconds +Inf",
        "broken",
        "",
      ].join("\n"),
    );
    expect(Object.fromEntries(sums)).toEqual({ otelcol_receiver_accepted_spans: 22 });
  });
});

describe("the hop where a signal stopped", () => {
  const accepted = "otelcol_receiver_accepted_log_records 5\n";
  it.each([
    { what: "nobody there", collector: undefined, hop: "the collector does not answer" },
    { what: "nothing came in", collector: "", hop: "no logs reached the collector" },
    {
      what: "all was refused",
      collector: "otelcol_receiver_refused_log_records 5\n",
      hop: "the collector refused the logs",
    },
    {
      what: "the store refused",
      collector: `${accepted}otelcol_exporter_send_failed_log_records 1\n`,
      hop: "Loki refused the logs that the collector sent",
    },
    { what: "the store is gone", collector: accepted, hop: "Loki does not answer" },
    {
      what: "the store answers no query",
      collector: accepted,
      store: 500,
      hop: "Loki does not answer queries",
    },
    {
      what: "the store has them not",
      collector: accepted,
      store: 200,
      hop: "the collector accepted logs, but Loki gives back fewer than were sent",
    },
  ])("is named where $what", async ({ collector, store, hop }) => {
    const collectorPort = await serve(collector === undefined ? undefined : () => [200, collector]);
    const lokiPort = await serve(
      store && ((path) => [path === "/metrics" ? 200 : store, '{"data":{"result":[]}}']),
    );
    const context = createContext(
      recordIo({
        HOME: "/home/a",
        SIGHTLINE_DATA: "/nowhere",
        SIGHTLINE_PORT_COLLECTOR_METRICS: String(collectorPort),
        SIGHTLINE_PORT_LOKI: String(lokiPort),
      }),
    );
    const found = await findBrokenHop(context, "logs", "board");
    expect(found.hop).toBe(hop);
    expect(found.advice).toMatch(/^sightline status$|^read \/nowhere\/stack\/logs\/\w+\.log$/);
  });
});

/** A port with a server that answers so, or one where nobody listens. */
async function serve(
  answer: ((path: string) => [code: number, body: string]) | undefined | 0,
): Promise<number> {
  const server = createServer((request, response) => {
    const [code, body] = answer ? answer(request.url ?? "") : [500, ""];
    response.statusCode = code;
    response.end(body);
  });
  await new Promise<void>((done) => server.listen({ port: 0, host: "127.0.0.1" }, () => done()));
  const { port } = server.address() as AddressInfo;
  if (answer) onTestFinished(() => void server.close());
  else await new Promise((done) => server.close(done));
  return port;
}
