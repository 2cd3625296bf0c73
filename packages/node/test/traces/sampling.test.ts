import { describe, expect, it } from "vitest";
import type { ReceivedLog } from "../support/otlp-proto.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

const bed = useReceiverBed();

/** The lines of each of the two calls, in the order they were written. */
async function run(env: Record<string, string>): Promise<[ReceivedLog[], ReceivedLog[]]> {
  const end = await runApp("traces/chain.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    env,
  }).ended;
  expect(end).toMatchObject({ code: 0 });
  const lines = bed.receiver.logs.filter(({ body }) => /^(?:first|second)/.test(body));
  expect(lines.map(({ body }) => body)).toEqual([
    ...["first, before", "second", "first, after"],
    ...["first, before", "second", "first, after"],
  ]);
  return [lines.slice(0, 3), lines.slice(3)];
}

function traceIds(lines: readonly ReceivedLog[]): Set<string> {
  return new Set(lines.map(({ traceId }) => traceId));
}

describe("a trace that is not kept", () => {
  it("sends no spans, and its id joins the lines of a request across services", async () => {
    const calls = await run({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" });

    expect(bed.receiver.spans).toEqual([]);
    const [first, second] = calls.map((lines) => [...traceIds(lines)]);
    expect(first).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(second).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(first).not.toEqual(second);
    expect(calls[0][1]?.attributes["traceparent"]).toMatch(
      new RegExp(`^00-${first?.[0]}-[0-9a-f]{16}-00$`),
    );
    // What is counted does not hang on the sampling.
    expect(bed.receiver.point("http.server.request.duration")?.count).toBe(4);
  });

  it("stays so where the caller decided it, and keeps the caller's id", async () => {
    const [first] = await run({
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
      TRACEPARENT: `00-${TRACE_ID}-b7ad6b7169203331-00`,
    });

    expect(bed.receiver.spans).toEqual([]);
    expect([...traceIds(first)]).toEqual([TRACE_ID]);
  });
});

it("keeps a trace that the caller keeps, whatever the own share", async () => {
  const [first] = await run({
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0",
    TRACEPARENT: `00-${TRACE_ID}-b7ad6b7169203331-01`,
  });

  expect([...traceIds(first)]).toEqual([TRACE_ID]);
  // Of each call: the first request, the call to the second, the second request.
  expect(bed.receiver.spans).toHaveLength(6);
  expect(new Set(bed.receiver.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
});

it("makes neither spans nor ids where traces are off", async () => {
  const [first] = await run({ OTEL_TRACES_EXPORTER: "none" });

  expect(bed.receiver.spans).toEqual([]);
  expect([...traceIds(first)]).toEqual([""]);
  expect(first[1]?.attributes["traceparent"]).toBeUndefined();
  expect(bed.receiver.point("http.server.request.duration")?.count).toBe(4);
});
