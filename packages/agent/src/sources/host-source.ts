import { ATTRIBUTE, type RateLimitConfig, type Redactor } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { Accounts } from "../accounts/accounts.ts";
import type { HostFacts } from "../docker/identity-of.ts";
import type { Shipper } from "../ship/shipper.ts";
import type { Identity } from "./identity.ts";
import type { LagMeter } from "./lag-meter.ts";
import type { Line } from "./line.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { createRunSink } from "./run-sink.ts";
import { serviceResource } from "./service-resources.ts";
import type { SourceSink } from "./source-sink.ts";

export interface HostSourceOptions {
  readonly host: HostFacts;
  readonly shipper: Shipper;
  readonly accounts: Accounts;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly rateLimit: RateLimitConfig;
  readonly lag: LagMeter;
  startPattern(service: string): RegExp | undefined;
  onSingleLine(line: Line, service: string): void;
}

export interface HostSourceFacts {
  readonly service: string;
  /** `file:<device>:<inode>`, `journald:<unit>`. */
  readonly source: string;
  readonly life: string;
  /** Where its lines are, for files. */
  readonly path?: string;
}

/** What the lines of something on the host itself go through: a file, a unit of systemd. */
export function openHostSink(options: HostSourceOptions, facts: HostSourceFacts): SourceSink {
  const { service, source, life, path } = facts;
  options.accounts.open({ life, service });
  return createRunSink({
    ...options,
    identity: identityOf(options.host, service, path),
    source,
    life,
    mode: "ship",
    start: options.startPattern(service),
    limiter: createRateLimiter(options.rateLimit),
    observer: {
      onLine() {},
      onSingleLine: (line) => options.onSingleLine(line, service),
    },
    isUrgent: () => false,
  });
}

function identityOf(host: HostFacts, service: string, path: string | undefined): Identity {
  const metricResource = serviceResource(service, host);
  const resource =
    path === undefined ? metricResource : { ...metricResource, [ATTRIBUTE.logFilePath]: path };
  return { service, release: undefined, metricResource, resource };
}
