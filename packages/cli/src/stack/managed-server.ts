import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { makeDirectory } from "./directory.ts";
import { isHealthy } from "./http.ts";
import { limitLogFile, readLogTail, sizeOf } from "./log-file.ts";
import { isAlive, type ProcessRef, refOf, signalProcess } from "./process.ts";
import { digestOf, type ServerSpec } from "./spec.ts";
import type { ExitRecord, ServerState, ServerStatus } from "./state.ts";
import { waitFor } from "./wait.ts";

const FIRST_RETRY_MILLIS = 1_000;
const MAX_RETRY_MILLIS = 30_000;
/** A server that ran this long has recovered: its next death starts the waiting times anew. */
const RECOVERED_AFTER_MILLIS = 60_000;
const HEALTH_EVERY_MILLIS = 5_000;
const FAILED_CHECKS_UNTIL_UNHEALTHY = 3;
/**
 * A server that ran well and has not answered for this long is ended and started again. Seen with
 * Loki, which can hang for ever when it is told to end just after its start.
 */
const RESTART_UNHEALTHY_AFTER_MILLIS = 45_000;
/** The same for one that ran well before and does not get through its next start. */
const RESTART_STARTING_AFTER_MILLIS = 120_000;
/**
 * The collector writes its queue and Loki its index on the way out. Loki can also hang for ever when
 * it is asked something at that moment; its log on disk makes the SIGKILL that follows harmless.
 */
const STOP_TIMEOUT_MILLIS = 15_000;
const STUCK_STOP_TIMEOUT_MILLIS = 5_000;
const TAIL_LINES = 15;

/** One server and what happened to it. All decisions about it are in {@link ManagedServer.tick}. */
export class ManagedServer {
  readonly spec: ServerSpec;
  readonly digest: string;
  status: ServerStatus = "waiting";
  #process: ProcessRef | undefined;
  /** Not our child: nobody tells us of its death, so each tick has to look. */
  #isAdopted = false;
  #restarts = 0;
  #quickDeaths = 0;
  #wasHealthy = false;
  #startedAt = 0;
  #retryAt = 0;
  #checkAt = 0;
  #failedChecks = 0;
  #unhealthySince = 0;
  #ending: Promise<void> | undefined;
  #logOffset = 0;
  #lastExit: ExitRecord | undefined;

  constructor(spec: ServerSpec) {
    this.spec = spec;
    this.digest = digestOf(spec);
  }

  /** Takes over a process that an earlier supervisor started, if it still is the one wanted. */
  adopt(known: ServerState | undefined): void {
    if (!known || known.digest !== this.digest || !isAlive(known.process)) return;
    this.#process = known.process;
    this.#isAdopted = true;
    this.#restarts = known.restarts;
    // What ran well once is started again when it dies, whoever watches it by then.
    this.#wasHealthy = known.status === "healthy" || known.status === "unhealthy";
    this.#lastExit = known.lastExit;
    this.#logOffset = sizeOf(this.spec.logFile);
    this.#startedAt = Date.now();
    this.status = "starting";
  }

  /** Looks at the server once and does what is due. `healthy` names the servers that are well. */
  async tick(healthy: ReadonlySet<string>, now: number): Promise<void> {
    if (this.#isAdopted && !isAlive(this.#process)) this.#recordExit(null, null, now);
    if (this.status === "failed" || this.status === "stopped") return;
    if (!this.#process) {
      const isDue = now >= this.#retryAt && this.spec.after.every((name) => healthy.has(name));
      if (isDue) this.#tryStart(now);
      return;
    }
    if (now >= this.#checkAt) await this.#check(now);
  }

  /** A directory that cannot be made or a log that cannot be opened must not end the supervisor. */
  #tryStart(now: number): void {
    try {
      this.#start(now);
    } catch (error) {
      this.#recordExit(null, null, now, [`cannot start: ${(error as Error).message}`]);
    }
  }

  #start(now: number): void {
    const { command, args, env, cwd, logFile } = this.spec;
    makeDirectory(dirname(logFile));
    makeDirectory(cwd);
    this.#logOffset = sizeOf(logFile);
    const log = openSync(logFile, "a", 0o600);
    try {
      // A group of its own, and the log as a file and not a pipe: `kill -9` of the supervisor, or
      // Ctrl-C in its terminal, must not take the servers along.
      const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", log, log] });
      this.#watch(child);
      this.#process = child.pid === undefined ? undefined : refOf(child.pid);
    } finally {
      closeSync(log);
    }
    this.#startedAt = now;
    this.#checkAt = now;
    this.#failedChecks = 0;
    this.status = "starting";
  }

  #watch(child: ChildProcess): void {
    child.once("error", (error) => {
      this.#recordExit(null, null, Date.now(), [`cannot start: ${error.message}`]);
    });
    child.once("exit", (code, signal) => {
      this.#recordExit(code, signal, Date.now());
    });
    child.unref();
  }

  #recordExit(
    code: number | null,
    signal: string | null,
    now: number,
    logTail: readonly string[] = readLogTail(this.spec.logFile, this.#logOffset, TAIL_LINES),
  ): void {
    this.#process = undefined;
    this.#isAdopted = false;
    if (this.status === "stopped" || this.status === "restarting" || this.status === "failed")
      return;
    this.#lastExit = { atUnixMillis: now, code, signal, logTail };
    if (!this.#wasHealthy) {
      this.status = "failed";
      return;
    }
    const ranMillis = now - this.#startedAt;
    this.#quickDeaths = ranMillis > RECOVERED_AFTER_MILLIS ? 0 : this.#quickDeaths + 1;
    const backoff = FIRST_RETRY_MILLIS * 2 ** Math.max(0, this.#quickDeaths - 1);
    this.#retryAt = now + Math.min(backoff, MAX_RETRY_MILLIS);
    this.#restarts += 1;
    this.status = "restarting";
  }

  async #check(now: number): Promise<void> {
    const checked = this.#process;
    const isWell = await isHealthy(this.spec.healthUrl);
    if (this.#process !== checked) return;
    this.#limitLog();
    if (isWell) {
      this.status = "healthy";
      this.#wasHealthy = true;
      this.#failedChecks = 0;
      this.#checkAt = now + HEALTH_EVERY_MILLIS;
      return;
    }
    this.#failedChecks += 1;
    const isOut = this.#failedChecks >= FAILED_CHECKS_UNTIL_UNHEALTHY;
    if (this.status === "healthy" && isOut) {
      this.status = "unhealthy";
      this.#unhealthySince = now;
    }
    if (this.#isStuck(now) && checked) {
      // Its death is then recorded, and it is started again, as after any other.
      this.#ending ??= endProcess(checked, STUCK_STOP_TIMEOUT_MILLIS).finally(() => {
        this.#ending = undefined;
      });
    }
  }

  #isStuck(now: number): boolean {
    if (this.status === "unhealthy") {
      return now - this.#unhealthySince > RESTART_UNHEALTHY_AFTER_MILLIS;
    }
    const isStarting = this.status === "starting" && this.#wasHealthy;
    return isStarting && now - this.#startedAt > RESTART_STARTING_AFTER_MILLIS;
  }

  #limitLog(): void {
    try {
      limitLogFile(this.spec.logFile);
    } catch {
      // A log that cannot be emptied (removed, another user's) is no reason to leave the server alone.
    }
  }

  /** Ends it politely, then by force; done when it is gone. */
  async stop(): Promise<void> {
    this.status = "stopped";
    const running = this.#process;
    if (running) await endProcess(running);
    this.#process = undefined;
  }

  state(): ServerState {
    return {
      name: this.spec.name,
      status: this.status,
      digest: this.digest,
      logFile: this.spec.logFile,
      restarts: this.#restarts,
      ...(this.#process && { process: this.#process }),
      ...(this.#lastExit && { lastExit: this.#lastExit }),
    };
  }
}

/** SIGTERM, then SIGKILL after the time that a server needs to write what it holds. */
export async function endProcess(
  ref: ProcessRef,
  timeoutMillis: number = STOP_TIMEOUT_MILLIS,
): Promise<void> {
  signalProcess(ref, "SIGTERM");
  const isGone = (): true | undefined => (isAlive(ref) ? undefined : true);
  if (await waitFor(isGone, { timeoutMillis, everyMillis: 50 })) return;
  signalProcess(ref, "SIGKILL");
  await waitFor(isGone, { timeoutMillis: 5_000, everyMillis: 50 });
}
