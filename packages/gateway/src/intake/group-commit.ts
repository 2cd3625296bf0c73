import type { BatchFate, Cancel, Clock, Delivery } from "@sightline/wire";
import { AROUND_RECORD_BYTES, toRequests } from "./commit-requests.ts";

/** Records and spans of one beacon, encoded. */
export interface Commit {
  /** A `Resource` message; the same object for all beacons of one app and release. */
  readonly resource: Uint8Array;
  /** `LogRecord` messages. */
  readonly records: readonly Uint8Array[];
  /** The highest severity number in it. */
  readonly severityNumber: number;
  /** An `ExportTraceServiceRequest`; empty: no spans. */
  readonly spansRequest: Uint8Array;
  readonly spans: number;
}

/**
 * `safe`: acknowledged by the collector, or on disk. `refused`: the collector will never take it.
 * `busy`: neither could be done in time.
 */
export type CommitFate = "safe" | "refused" | "busy";

/** Makes many beacons safe at once. */
export interface GroupCommit {
  /** Never rejects. */
  add(commit: Commit): Promise<CommitFate>;
  /** Hands over what waits, and resolves when all fates are known. */
  stop(): Promise<void>;
}

export interface GroupCommitOptions {
  readonly delivery: Delivery;
  readonly clock: Clock;
  /**
   * Whether the spool has no room for much more. Asked while it is written: pages can keep what it
   * could only take by giving up what is safe already.
   */
  readonly isSpoolFull?: () => boolean;
  /** How long a beacon waits for others where nothing is under way. Default 4. */
  readonly delayMillis?: number;
  /** The longest it waits for what is under way to be acknowledged. Default 50. */
  readonly maxDelayMillis?: number;
  /** Past this nobody waits any longer. Default 10,000. */
  readonly timeoutMillis?: number | undefined;
  /** Bytes whose fate is open; what is more is busy at once. Default 16 MiB. */
  readonly maxOpenBytes?: number;
}

interface Group {
  readonly logs: Map<Uint8Array, Uint8Array[]>;
  readonly spans: Uint8Array[];
  records: number;
  spanCount: number;
  severityNumber: number;
  bytes: number;
  readonly fate: Promise<CommitFate>;
  readonly settle: (fate: CommitFate) => void;
}

const MEBIBYTE = 1024 * 1024;
/** A group of this size waits for nobody. */
const FULL_BYTES = MEBIBYTE / 2;
/** While nothing becomes safe nobody needs to wait long to be told so. */
const STUCK_TIMEOUT_MILLIS = 1_000;

/**
 * The requests of a busy moment share one request to the collector, and one file of the spool while
 * it is away: the first waits a few milliseconds for others, and later ones for the acknowledgement
 * that is under way.
 */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { delivery, clock } = options;
  const delayMillis = options.delayMillis ?? 4;
  const maxDelayMillis = options.maxDelayMillis ?? 50;
  const timeoutMillis = options.timeoutMillis ?? 10_000;
  const maxOpenBytes = options.maxOpenBytes ?? 16 * MEBIBYTE;
  const underWay = new Set<Promise<CommitFate>>();
  let open: Group | undefined;
  let openBytes = 0;
  let cancelTimer: Cancel | undefined;
  let isStuck = false;
  let isSpooling = false;

  function plan(): void {
    if (open === undefined) return;
    if (open.bytes >= FULL_BYTES) flush();
    else cancelTimer ??= clock.after(hasToWait() ? maxDelayMillis : delayMillis, flush, true);
  }

  /** For an acknowledgement, or because each group becomes a file. */
  function hasToWait(): boolean {
    return underWay.size > 0 || isSpooling;
  }

  function flush(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (open === undefined) return;
    const group = open;
    open = undefined;
    send(group);
  }

  function send(group: Group): void {
    const requests = toRequests(group);
    let left = requests.length;
    let worst: CommitFate = "safe";
    const waitMillis = isStuck ? Math.min(STUCK_TIMEOUT_MILLIS, timeoutMillis) : timeoutMillis;
    const cancel = clock.after(waitMillis, () => group.settle("busy"), true);
    underWay.add(group.fate);
    void group.fate.then((fate) => {
      cancel();
      isStuck = fate === "busy";
      underWay.delete(group.fate);
      openBytes -= group.bytes;
      // Those who came meanwhile need not wait any longer.
      if (underWay.size === 0) flush();
    });
    for (const request of requests) {
      const once = createOnce((fate) => {
        left -= 1;
        worst = worseOf(worst, fate);
        if (left === 0 || worst === "busy") group.settle(worst);
      });
      delivery.enqueue(
        { ...request, severityNumber: group.severityNumber, createdUnixMillis: clock.now() },
        (fate) => {
          isSpooling = false;
          once(toCommitFate(fate));
        },
        () => {
          isSpooling = true;
          once("safe");
        },
      );
    }
  }

  return {
    add(commit) {
      if (commit.records.length === 0 && commit.spans === 0) return Promise.resolve("safe");
      const bytes = bytesOf(commit);
      if (openBytes > 0 && openBytes + bytes > maxOpenBytes) return Promise.resolve("busy");
      if (isSpooling && options.isSpoolFull?.() === true) return Promise.resolve("busy");
      openBytes += bytes;
      open ??= createGroup();
      addTo(open, commit, bytes);
      const { fate } = open;
      plan();
      return fate;
    },
    async stop() {
      flush();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function createGroup(): Group {
  let settle: (fate: CommitFate) => void = () => undefined;
  const fate = new Promise<CommitFate>((resolve) => {
    settle = resolve;
  });
  return {
    logs: new Map(),
    spans: [],
    records: 0,
    spanCount: 0,
    severityNumber: 0,
    bytes: 0,
    fate,
    settle,
  };
}

function addTo(group: Group, commit: Commit, bytes: number): void {
  const { resource, records, spansRequest } = commit;
  const known = group.logs.get(resource);
  if (known === undefined) group.logs.set(resource, [...records]);
  else for (const record of records) known.push(record);
  if (spansRequest.length > 0) group.spans.push(spansRequest);
  group.records += records.length;
  group.spanCount += commit.spans;
  group.severityNumber = Math.max(group.severityNumber, commit.severityNumber);
  group.bytes += bytes;
}

function bytesOf({ resource, records, spansRequest }: Commit): number {
  let bytes = resource.length + spansRequest.length;
  for (const record of records) bytes += record.length + AROUND_RECORD_BYTES;
  return bytes;
}

/** What the collector refused for good would be refused again; all else may go better later. */
function toCommitFate(fate: BatchFate): CommitFate {
  if (fate.status === "acknowledged") return "safe";
  return fate.reason === "rejected" || fate.reason === "too_large" ? "refused" : "busy";
}

const RANK: Readonly<Record<CommitFate, number>> = { safe: 0, refused: 1, busy: 2 };

function worseOf(one: CommitFate, other: CommitFate): CommitFate {
  return RANK[other] > RANK[one] ? other : one;
}

/** A batch is told of twice where it went to disk and from there to the collector. */
function createOnce(run: (fate: CommitFate) => void): (fate: CommitFate) => void {
  let isDone = false;
  return (fate) => {
    if (isDone) return;
    isDone = true;
    run(fate);
  };
}
