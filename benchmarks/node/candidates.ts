import { join } from "node:path";
import type { Workbench } from "./install.ts";

/** A way to get the lines of a logger out of the process. */
export type LineCandidate = {
  readonly name: string;
  /** Its module, relative to the workbench; exports `open`. */
  readonly module: string;
  /** Name of the logger alone that it is compared with; absent: it is one. */
  readonly base?: string;
  readonly isOurs?: boolean;
  readonly usesPino?: boolean;
};

export const WINSTON_ALONE = "winston alone";
export const PINO_ALONE = "pino alone";
export const OURS_WINSTON = "@sightline/node, winston";

export const LINE_CANDIDATES: readonly LineCandidate[] = [
  { name: WINSTON_ALONE, module: "programs/bare-winston.mjs" },
  { name: OURS_WINSTON, module: "peers/ours/winston.mjs", base: WINSTON_ALONE, isOurs: true },
  { name: "winston-loki 6.1.7", module: "peers/winston-loki/logger.mjs", base: WINSTON_ALONE },
  {
    name: "@opentelemetry/winston-transport 0.34.0",
    module: "peers/otel-winston/logger.mjs",
    base: WINSTON_ALONE,
  },
  { name: "@sentry/node 11.12.0, winston", module: "peers/sentry/logger.mjs", base: WINSTON_ALONE },
  { name: PINO_ALONE, module: "programs/bare-pino.mjs", usesPino: true },
  {
    name: "@sightline/node, pino",
    module: "peers/ours/pino.mjs",
    base: PINO_ALONE,
    isOurs: true,
    usesPino: true,
  },
  {
    name: "pino-loki 3.0.0",
    module: "peers/pino-loki/logger.mjs",
    base: PINO_ALONE,
    usesPino: true,
  },
];

/** Where receivers listen. */
export type Receivers = {
  readonly otlpUrl: string;
  readonly lokiUrl: string;
  readonly sentryDsn: string;
};

/** One sink that plays all of them. */
export function receiversAt(port: number): Receivers {
  const url = `http://127.0.0.1:${port}`;
  return { otlpUrl: url, lokiUrl: url, sentryDsn: `http://bench@127.0.0.1:${port}/1` };
}

/** Environment of a measured process: of ours what `OTEL_*` says, and a data folder of its own. */
export function environmentOf(
  receivers: Receivers,
  { service, data }: { readonly service: string; readonly data: string },
): NodeJS.ProcessEnv {
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SIGHTLINE|OTEL|DD|SENTRY|NODE)_/.test(name)),
  );
  return {
    ...own,
    OTEL_SERVICE_NAME: service,
    OTEL_EXPORTER_OTLP_ENDPOINT: receivers.otlpUrl,
    SIGHTLINE_DATA: data,
    // Nobody else's telemetry leaves the machine.
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  };
}

export function moduleOf(workbench: Workbench, { module }: LineCandidate): string {
  return join(workbench.folder, module);
}
