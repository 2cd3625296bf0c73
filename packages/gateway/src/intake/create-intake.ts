import { createStackResolver } from "@sightline/source-maps";
import type { FaroItem } from "../faro/faro-payload.ts";
import { createMasking } from "../faro/masking.ts";
import { createClockSkews } from "../records/clock-skew.ts";
import { createErrorBudgets } from "../records/error-budgets.ts";
import { type PageFacts, toPageFacts } from "../records/page-facts.ts";
import { toDrafts } from "../records/payload-drafts.ts";
import { createStackReader } from "../records/resolve-stacks.ts";
import { createStamper } from "../records/stamper.ts";
import { whoOf } from "../sessions/session-draft.ts";
import { createSessionSigns } from "../sessions/session-signs.ts";
import { encodeSpans } from "../traces/encode-spans.ts";
import { createBeaconMetrics, isLost } from "./beacon-metrics.ts";
import { digestOf } from "./digest.ts";
import { createDraftEncoder } from "./encode-drafts.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { Beacon, BeaconOutcome, Intake, IntakeOptions } from "./intake.ts";
import { createOpenBeacons } from "./open-beacons.ts";
import { type BeaconContent, readBeacon } from "./read-beacon.ts";
import { createResources } from "./resources.ts";
import { createToldItems } from "./told-items.ts";

/** What waits in memory and is on its way to the disk needs room, too. */
const SPOOL_FULL_RATIO = 0.9;
const BUSY: BeaconOutcome = { status: "busy", retryAfterSeconds: 10 };

/** From payloads to records that are safe. The parts are put together here and nowhere else. */
export function createIntake(options: IntakeOptions): Intake {
  const { config, delivery, clock, log, mapsFolder, hostName } = options;
  const masking = createMasking(config.redaction);
  const maxCacheBytes = config.maxMapCacheBytes;
  const resolver = options.resolver ?? createStackResolver({ mapsFolder, maxCacheBytes });
  const stacks = createStackReader({ resolver });
  const skews = createClockSkews();
  const budgets = createErrorBudgets();
  const signs = createSessionSigns();
  const open = createOpenBeacons();
  const told = createToldItems();
  const metrics = createBeaconMetrics(options.store, options.resourceOf);
  const resourceOf = createResources({ hostName, environment: config.environment });
  const encode = createDraftEncoder();
  const maxSpoolBytes = config.spool.maxBytes * SPOOL_FULL_RATIO;
  const commits = createGroupCommit({
    delivery,
    clock,
    timeoutMillis: options.timeoutMillis,
    isSpoolFull: () => (delivery.stats().spool?.bytes ?? 0) > maxSpoolBytes,
  });
  let hasToldFault = false;

  function take(beacon: Beacon): Promise<BeaconOutcome> | BeaconOutcome {
    const content = readBeacon(beacon, masking);
    if (content === undefined) return { status: "malformed" };
    const facts = toPageFacts(content.payload.page, beacon.app, options.userKey);
    const digest = digestOf(beacon, content, facts);
    const same = open.find(digest);
    if (same !== undefined) return same;
    const outcome = make(beacon, content, facts);
    open.add(digest, outcome);
    return outcome;
  }

  async function make(
    beacon: Beacon,
    content: BeaconContent,
    facts: PageFacts,
  ): Promise<BeaconOutcome> {
    const { app, receivedAtMillis } = beacon;
    const fresh = told.fresh(facts.seed, content.payload.items);
    const exceptions = fresh.filter((item) => item.kind === "exception");
    const errors = exceptions.length === 0 ? [] : await stacks.read(facts.service, exceptions);
    const page = facts.sessionId ?? facts.visitorHash;
    const skewMillis = skews.of(page, receivedAtMillis, beacon.sentAtMillis);
    const resource = resourceOf(facts.service, facts.release);
    const made = toDrafts(
      fresh.filter((item) => !isLost(item)),
      errors,
      {
        app,
        facts,
        who: whoOf(facts),
        stamper: createStamper(receivedAtMillis, skewMillis),
        budgets,
        signs,
        nowMillis: receivedAtMillis,
      },
    );
    const spans = encodeSpans(content.traces.spans, {
      resource: resource.attributes,
      attributes: facts.attributes,
      skewMillis,
      nowMillis: receivedAtMillis,
    });
    const fate = await commits.add({
      resource: resource.bytes,
      records: made.drafts.map(encode),
      severityNumber: made.drafts.reduce(
        (top, { record }) => Math.max(top, record.severityNumber),
        0,
      ),
      spansRequest: spans.request,
      spans: spans.spans,
    });
    if (fate === "busy") {
      for (const undo of made.undo) undo();
      return BUSY;
    }
    told.add(facts.seed, fresh);
    const { service } = facts;
    metrics.dropped(service, "logs", "rate_limited", made.rateLimited);
    metrics.dropped(service, "traces", "too_old", spans.tooOld);
    metrics.dropped(service, "traces", "too_far_in_future", spans.tooFarInFuture);
    for (const vital of made.vitals) metrics.vital(service, vital);
    for (const error of errors) metrics.frames(service, error);
    return settle(service, content, fresh, fate);
  }

  function settle(
    service: string,
    content: BeaconContent,
    fresh: readonly FaroItem[],
    fate: "safe" | "refused",
  ): BeaconOutcome {
    const { payload, traces, taken, leftOut } = content;
    metrics.dropped(service, "logs", "malformed", payload.malformed);
    metrics.dropped(service, "logs", "rate_limited", payload.overLimit);
    metrics.dropped(service, "traces", "malformed", traces.malformed);
    metrics.dropped(service, "traces", "rate_limited", traces.overLimit);
    for (const item of fresh) metrics.lost(service, item);
    if (fate === "refused") return { status: "safe", items: 0, dropped: taken + leftOut };
    if (taken === 0 && leftOut > 0) return { status: "malformed" };
    return { status: "safe", items: taken, dropped: leftOut };
  }

  return {
    async take(beacon) {
      try {
        return await take(beacon);
      } catch (error) {
        // A fault of ours on this payload: it would be the same each time the page sent it.
        metrics.dropped(beacon.app.serviceName, "logs", "serialization_failed", 1);
        if (!hasToldFault) log(`a payload could not be read: ${nameOf(error)}`);
        hasToldFault = true;
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
