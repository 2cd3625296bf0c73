import { DOCKER_LABEL, type RateLimitConfig, type Redactor, type ShipMode } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import { checkPattern } from "@sightline/wire/config";
import type { Accounts } from "../accounts/accounts.ts";
import { createTail } from "../deaths/tail.ts";
import { type ContainerFacts, type HostFacts, identityOf } from "../docker/identity-of.ts";
import type { Shipper } from "../ship/shipper.ts";
import type { Identity } from "../sources/identity.ts";
import type { LagMeter } from "../sources/lag-meter.ts";
import type { Line } from "../sources/line.ts";
import { createRateLimiter } from "../sources/rate-limit.ts";
import { createRunSink } from "../sources/run-sink.ts";
import type { SourceSink } from "../sources/source-sink.ts";
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
  const { host, accounts } = options;
  const identity = identityOf(facts, number, host);
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
    mode,
    startedUnixMillis,
    identity,
    tail,
    isResumed,
    asked: [],
    isStopSeen: false,
    oomEventAtMillis: undefined,
    end: undefined,
    lastMinute: {},
    sink: openSink(options, () => run, facts, identity, { life, mode, tail }),
  };
  return run;
}

/** From here on its lines belong to the new name; what was held for the old one goes out first. */
export function renameRun(options: OpenRunOptions, run: Run, facts: ContainerFacts): void {
  run.sink.flush();
  run.identity = identityOf(facts, run.number, options.host);
  run.sink = openSink(options, () => run, facts, run.identity, run);
}

function openSink(
  options: OpenRunOptions,
  runOf: () => Run,
  facts: ContainerFacts,
  identity: Identity,
  { life, mode, tail }: Pick<Run, "life" | "mode" | "tail">,
): SourceSink {
  return createRunSink({
    ...options,
    identity,
    source: sourceOf(facts.id),
    life,
    mode,
    start: labelPattern(options, facts) ?? options.startPattern(facts.service),
    limiter: createRateLimiter(options.rateLimit),
    observer: {
      onLine: (line) => tail.push(line),
      onSingleLine: (line) => options.onSingleLine(line, facts.service),
    },
    isUrgent: () => runOf().end !== undefined || runOf().asked.length > 0,
  });
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
