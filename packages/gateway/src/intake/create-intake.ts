import { createStackResolver } from "@sightline/source-maps";
import type { FaroPayload } from "../faro/faro-payload.ts";
import { createMasking } from "../faro/masking.ts";
import { readPayload } from "../faro/read-payload.ts";
import { createClockSkews } from "../records/clock-skew.ts";
import { createErrorBudgets } from "../records/error-budgets.ts";
import { type PageFacts, toPageFacts } from "../records/page-facts.ts";
import { type PayloadDrafts, toDrafts } from "../records/payload-drafts.ts";
import type { ReadableError } from "../records/readable-error.ts";
import { createStackReader } from "../records/resolve-stacks.ts";
import { createStamper } from "../records/stamper.ts";
import { createSessionSigns } from "../sessions/session-signs.ts";
import { createBeaconMetrics, isLost } from "./beacon-metrics.ts";
import { digestOf } from "./digest.ts";
import { createDraftEncoder } from "./encode-drafts.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { Beacon, BeaconOutcome, Intake, IntakeOptions } from "./intake.ts";
import { createKnownBeacons } from "./known-beacons.ts";
import { createResources } from "./resources.ts";

const BUSY: BeaconOutcome = { status: "busy", retryAfterSeconds: 10 };
const NO_SPANS = new Uint8Array(0);

/** From payloads to records that are safe. The parts are put together here and nowhere else. */
export function createIntake(options: IntakeOptions): Intake {
  const { config, delivery, clock, log } = options;
  const masking = createMasking(config.redaction);
  const resolver =
    options.resolver ??
    createStackResolver({
      mapsFolder: options.mapsFolder,
      maxCacheBytes: config.maxMapCacheBytes,
    });
  const stacks = createStackReader({ resolver });
  const skews = createClockSkews();
  const budgets = createErrorBudgets();
  const signs = createSessionSigns();
  const beacons = createKnownBeacons();
  const metrics = createBeaconMetrics(options.store, options.resourceOf);
  const resourceOf = createResources({
    hostName: options.hostName,
    environment: config.environment,
  });
  const encode = createDraftEncoder();
  const commits = createGroupCommit({ delivery, clock });
  let faults = 0;

  function takeOnce(beacon: Beacon): Promise<BeaconOutcome> | BeaconOutcome {
    const payload = readPayload(beacon.payload, masking);
    if (payload === undefined) return { status: "malformed" };
    const facts = toPageFacts(payload.page, beacon.app, options.userKey);
    const digest = digestOf(beacon, payload, facts);
    const known = beacons.find(digest);
    if (known !== undefined) return known;
    const outcome = make(beacon, payload, facts);
    beacons.remember(digest, outcome);
    return outcome;
  }

  async function make(
    beacon: Beacon,
    payload: FaroPayload,
    facts: PageFacts,
  ): Promise<BeaconOutcome> {
    const exceptions = payload.items.filter((item) => item.kind === "exception");
    const errors = exceptions.length === 0 ? [] : await stacks.read(facts.service, exceptions);
    const items = payload.items.filter((item) => !isLost(item));
    const page = facts.sessionId ?? facts.visitorHash;
    const skewMillis = skews.of(page, beacon.receivedAtMillis, beacon.sentAtMillis);
    const made = toDrafts(items, errors, {
      app: beacon.app,
      facts,
      stamper: createStamper(beacon.receivedAtMillis, skewMillis),
      budgets,
      signs,
      nowMillis: beacon.receivedAtMillis,
    });
    const fate = await commit(facts, made);
    if (fate === "busy") {
      for (const undo of made.undo) undo();
      return BUSY;
    }
    count(payload, facts, made, errors);
    const left = payload.malformed + payload.overLimit;
    const taken = payload.items.length;
    if (fate === "refused") return { status: "safe", items: 0, dropped: taken + left };
    if (taken === 0 && left > 0) return { status: "malformed" };
    return { status: "safe", items: taken, dropped: left };
  }

  function commit({ service, release }: PageFacts, { drafts }: PayloadDrafts) {
    if (drafts.length === 0) return "safe";
    const severities = drafts.map(({ record }) => record.severityNumber);
    return commits.add({
      resource: resourceOf(service, release).bytes,
      records: drafts.map(encode),
      severityNumber: Math.max(...severities),
      spansRequest: NO_SPANS,
      spans: 0,
    });
  }

  /** Only of what is safe: a beacon that has to come again is counted then. */
  function count(
    payload: FaroPayload,
    { service }: PageFacts,
    made: PayloadDrafts,
    errors: readonly ReadableError[],
  ): void {
    metrics.dropped(service, "logs", "malformed", payload.malformed);
    metrics.dropped(service, "logs", "too_large", payload.overLimit);
    metrics.dropped(service, "logs", "rate_limited", made.rateLimited);
    for (const vital of made.vitals) metrics.vital(service, vital);
    for (const error of errors) metrics.frames(service, error);
    for (const item of payload.items) metrics.lost(service, item);
  }

  return {
    async take(beacon) {
      try {
        return await takeOnce(beacon);
      } catch (error) {
        // A fault of ours on this payload: it would be the same each time the page sent it.
        faults += 1;
        metrics.dropped(beacon.app.serviceName, "logs", "serialization_failed", 1);
        if (faults === 1) log(`a payload could not be read: ${nameOf(error)}`);
        return { status: "malformed" };
      }
    },
    async stop() {
      await commits.stop();
      await resolver.close();
    },
  };
}

/** Its message may hold the client's text. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
