import { DOCKER_LABEL, type RateLimitConfig, type Redactor, type ShipMode } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { Accounts } from "../accounts/accounts.ts";
import { checkPattern } from "../config/check-pattern.ts";
import { createTail } from "../deaths/tail.ts";
import { type ContainerFacts, type HostFacts, identityOf } from "../docker/identity-of.ts";
import type { Shipper } from "../ship/shipper.ts";
import type { LagMeter } from "../sources/lag-meter.ts";
import type { Line } from "../sources/line.ts";
import { createRateLimiter } from "../sources/rate-limit.ts";
import { createRunSink } from "../sources/run-sink.ts";
import type { Run } from "./run.ts";

export interface OpenRunOptions {
  readonly host: HostFacts;
  readonly shipper: Shipper;
  readonly accounts: Accounts;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly rateLimit: RateLimitConfig;
  readonly tailLines: number;
  readonly lag: LagMeter;
  startPattern(service: string): RegExp | undefined;
  onSingleLine(line: Line, service: string): void;
  onTrouble(message: string): void;
}

/** Makes what the lines of one run go through. */
export function openRun(
  options: OpenRunOptions,
  facts: ContainerFacts,
  mode: Exclude<ShipMode, "off">,
  number: number,
  startedUnixMillis: number,
  isResumed: boolean,
): Run {
  const { host, shipper, accounts } = options;
  const identity = identityOf(facts, number, host);
  const source = sourceOf(facts.id);
  const life = `${facts.shortId}:${number}`;
  const tail = createTail({ maxLines: options.tailLines });
  accounts.open({
    life,
    service: facts.service,
    containerName: facts.name,
    run: number,
    startedUnixMillis,
  });
  const run: Run = {
    number,
    life,
    startedUnixMillis,
    identity,
    tail,
    isResumed,
    asked: [],
    isStopSeen: false,
    oomEventAtMillis: undefined,
    end: undefined,
    lastMinute: {},
    sink: createRunSink({
      identity,
      source,
      life,
      mode,
      start: labelPattern(options, facts) ?? options.startPattern(facts.service),
      limiter: createRateLimiter(options.rateLimit),
      redactor: options.redactor,
      shipper,
      clock: options.clock,
      lag: options.lag,
      observer: {
        onLine: (line) => tail.push(line),
        onSingleLine: (line) => options.onSingleLine(line, facts.service),
      },
      isUrgent: () => run.end !== undefined || run.asked.length > 0,
    }),
  };
  return run;
}

const SOURCE_PREFIX = "docker:";
export const sourceOf = (containerId: string): string => SOURCE_PREFIX + containerId;

/** Undefined for a source that is no container. */
export function containerOf(source: string): string | undefined {
  return source.startsWith(SOURCE_PREFIX) ? source.slice(SOURCE_PREFIX.length) : undefined;
}

function labelPattern(options: OpenRunOptions, facts: ContainerFacts): RegExp | undefined {
  const text = facts.labels[DOCKER_LABEL.multiline];
  if (!text) return undefined;
  const problem = checkPattern(text);
  if (problem === undefined) return new RegExp(text);
  options.onTrouble(
    `container "${facts.name}", label ${DOCKER_LABEL.multiline}: ${problem}; the built-in rules are used`,
  );
  return undefined;
}
