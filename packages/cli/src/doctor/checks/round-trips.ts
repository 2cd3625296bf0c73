import { formatDuration, PROMETHEUS, PROMETHEUS_LABEL, STACK_SERVICE_NAME } from "@sightline/core";
import { type Context, serverUrl } from "../../context.ts";
import { getJson } from "../../query/http-json.ts";
import { lineQuery, quote } from "../../query/logql.ts";
import { queryLines } from "../../query/loki.ts";
import { queryNumber } from "../../query/prometheus.ts";
import { findBrokenHop, type SignalName } from "../../readback/hops.ts";
import { readSpec } from "../../stack/spec.ts";
import { waitFor } from "../../stack/wait.ts";
import type { Check, CheckResult, Examination } from "../check.ts";
import { DOCTOR_SERVICE_NAME } from "../marker.ts";

const EVERY_MILLIS = 250;

export const logsCheck: Check = {
  id: "logs",
  title: "the line is read back from Loki",
  after: ["collector"],
  run: (examination) => roundTrip(examination, "logs", findLine),
};

export const metricsCheck: Check = {
  id: "metrics",
  title: "the sample is read back from Prometheus",
  after: ["collector"],
  run: (examination) => roundTrip(examination, "metrics", findSample),
};

export const tracesCheck: Check = {
  id: "traces",
  title: "the span is stored, or counted where nothing stores spans",
  after: ["collector"],
  run: (examination) => roundTrip(examination, "traces", findSpan),
};

type Find = (examination: Examination) => Promise<string | undefined>;

async function roundTrip(
  examination: Examination,
  signal: SignalName,
  find: Find,
): Promise<CheckResult> {
  const { context, marker, timeoutMillis } = examination;
  const found = await waitFor(() => find(examination), {
    timeoutMillis,
    everyMillis: EVERY_MILLIS,
  });
  if (found !== undefined) {
    const elapsed = formatDuration(Date.now() - marker.sentUnixMillis);
    return { status: "ok", detail: [elapsed, found].filter(Boolean).join(", ") };
  }
  const { hop, advice } = await findBrokenHop(context, signal, "supervisor");
  return {
    status: "failed",
    reason: `not there after ${formatDuration(timeoutMillis)}: ${hop}`,
    fix: advice,
  };
}

async function findLine({ context, marker }: Examination): Promise<string | undefined> {
  const result = await queryLines(serverUrl(context, "loki"), {
    query: `${lineQuery({ service: STACK_SERVICE_NAME })} |= ${quote(marker.id)}`,
    startNanos: BigInt(marker.sentUnixMillis - 60_000) * 1_000_000n,
    endNanos: BigInt(Date.now() + 60_000) * 1_000_000n,
    limit: 1,
    direction: "backward",
  });
  return result.status === "ok" && result.value.length > 0 ? "" : undefined;
}

async function findSample({ context, marker }: Examination): Promise<string | undefined> {
  const series = `${PROMETHEUS.doctorMarker}{${PROMETHEUS_LABEL.serviceName}=${quote(STACK_SERVICE_NAME)}}`;
  const value = await queryNumber(serverUrl(context, "prometheus"), `max(${series})`);
  // A later run of another terminal is as good a proof as our own.
  return value !== undefined && value >= marker.sampleValue - 0.0005 ? "" : undefined;
}

async function findSpan({ context, marker }: Examination): Promise<string | undefined> {
  if (await hasTempo(context)) {
    const url = `${serverUrl(context, "tempo")}/api/v2/traces/${marker.traceId}`;
    const result = await getJson(url, {}, (document) =>
      JSON.stringify(document).includes("doctor"),
    );
    return result.status === "ok" && result.value ? "stored in Tempo" : undefined;
  }
  const series = `${PROMETHEUS.spansAccepted}{${PROMETHEUS_LABEL.serviceName}=${quote(DOCTOR_SERVICE_NAME)}}`;
  const fresh = await queryNumber(
    serverUrl(context, "prometheus"),
    `count(timestamp(${series}) >= ${marker.sampleValue})`,
  );
  return fresh === undefined ? undefined : "counted; there is no Tempo here to store it";
}

async function hasTempo(context: Context): Promise<boolean> {
  if (readSpec(context.paths.spec)?.mode !== "docker") return false;
  const answer = await getJson(`${serverUrl(context, "tempo")}/status/version`, {}, () => true);
  return answer.status !== "no-answer";
}
