import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";
import { MIN_RING_BYTES, type Redactor, type RingFacts } from "@sightline/core";
import {
  type Clock,
  createOwnFolder,
  type Delivery,
  type LineJournal,
  systemClock,
} from "@sightline/wire";
import type { NodeConfig } from "../config/node-config.ts";
import { readContainerId } from "../host/container-id.ts";
import { findMemoryGroup, type MemoryGroup, readOomKills } from "../host/memory-group.ts";
import { readText } from "../host/read-text.ts";
import { boundDeadRings } from "./bound-rings.ts";
import { markEnd } from "./end-marks.ts";
import { armFatalReports } from "./fatal-reports.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { createLineRing, type LineRingFigures } from "./line-ring.ts";
import { type Recovery, startRecovery } from "./recovery.ts";
import { openRunBook } from "./run-book.ts";

export type CrashRecorderOptions = {
  readonly config: NodeConfig;
  /** Says something to the people who run the process, on one line. */
  readonly warn: (message: string) => void;
  readonly clock?: Clock | undefined;
};

export type RecorderParts = {
  readonly delivery: Delivery;
  readonly redactor: Redactor;
  /** HTTP requests that are being answered now. */
  readonly inFlightRequests: () => number | undefined;
};

/** Keeps what a death leaves behind, and tells what earlier deaths have left. Nothing here throws. */
export interface CrashRecorder {
  readonly journal: LineJournal;
  /** Begins to beat and to mark, and looks for dead processes once the host has started. */
  start(parts: RecorderParts): void;
  /** A signal asks the process to stop. */
  asked(signal: NodeJS.Signals): void;
  /** It gives itself the signal again, which ends it. */
  raised(): void;
  figures(): LineRingFigures;
  /** Looks for dead processes no more; what is under way goes to the wire's own end. */
  stopRecovery(): void;
  /** The end of recording, after the wire's: the process goes on without us, or ends. */
  close(): void;
}

const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/**
 * Undefined where it is switched off. Also in worker threads: they share the process and its end with
 * the main thread, whose recorder tells of it; their own lines take the way of the wire alone.
 */
export function createCrashRecorder(options: CrashRecorderOptions): CrashRecorder | undefined {
  const { config, warn, clock = systemClock } = options;
  if (config.ring === undefined || !isMainThread) return undefined;
  const parent = config.ring.directory;
  const folder = createOwnFolder(parent, clock, "ring");
  const runBook = openRunBook(parent);
  const memoryGroup = findMemoryGroup(readText);
  const removedRings = boundDeadRings(parent, clock.now());
  const reports = armFatalReports(folder.path);
  const facts = readFacts(config, memoryGroup, reports.isArmed);
  // Printed lines are safe with whoever reads them: then only heartbeat, marks and our own records.
  const maxBytes = facts.keepsLines ? config.ring.maxBytes : MIN_RING_BYTES;
  let run: number | undefined;
  const ring = createLineRing({
    folder,
    maxBytes,
    clock,
    warn,
    facts() {
      // The folder of the service is there only now.
      run ??= runBook.nextRun();
      return { ...facts, run };
    },
  });
  const ends: (() => void)[] = [reports.disarm];
  let marks: ReturnType<typeof markEnd> | undefined;
  let recovery: Recovery | undefined;
  return {
    journal: ring.journal,
    start({ delivery, redactor, inFlightRequests }) {
      marks = markEnd({ ring, redactor, clock });
      ends.push(marks.stop, startHeartbeat({ ring, clock, memoryGroup, inFlightRequests }));
      delivery.countDropped("logs", "ring_full", removedRings);
      recovery = startRecovery({
        parent,
        own: folder,
        delivery,
        runBook,
        clock,
        warn,
        machine: {
          hostName: facts.hostName,
          bootId: facts.bootId,
          containerId: facts.containerId,
          oomKillsOf: (path) => readOomKills(path, readText),
        },
      });
    },
    asked: (signal) => marks?.asked(signal),
    raised: () => marks?.raised(),
    figures: ring.figures,
    stopRecovery: () => recovery?.stop(),
    close() {
      for (const end of ends) end();
      marks?.left();
      ring.close();
      folder.release();
    },
  };
}

function readFacts(
  config: NodeConfig,
  memoryGroup: MemoryGroup | undefined,
  reportsFatalErrors: boolean,
): Omit<RingFacts, "run"> {
  const group = memoryGroup?.read();
  return {
    serviceName: config.serviceName,
    resourceAttributes: config.resourceAttributes,
    pid: process.pid,
    hostName: hostname(),
    containerId: readContainerId(readText),
    startedAt: Math.round(performance.timeOrigin),
    bootId: readText(BOOT_ID)?.trim(),
    nodeVersion: process.version,
    cgroup: memoryGroup && {
      path: memoryGroup.path,
      memoryLimitBytes: group?.limitBytes,
      oomKills: group?.oomKills,
    },
    keepsLines: config.logs === "otlp",
    reportsFatalErrors,
  };
}
