import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { createHeartbeat } from "./heartbeat.ts";
import { acquireLock, findLockHolder } from "./lock.ts";
import { endProcess, ManagedServer } from "./managed-server.ts";
import { type Paths, stackId } from "./paths.ts";
import { commandLineOf, isAlive, type ProcessRef, refOf } from "./process.ts";
import { digestOf, readSpec, type StackSpec } from "./spec.ts";
import { readState, type StackState, writeJson } from "./state.ts";

const TICK_MILLIS = 200;
const IDLE_TICK_MILLIS = 1_000;

export type SupervisorResult = "stopped" | "another-runs" | "no-spec";

/**
 * Owns the servers of one stack until it gets SIGTERM. It takes orders in two ways only: the spec
 * file, read again at SIGHUP, and SIGTERM; it reports in one: the state file. So there is no port
 * and no socket to protect. If it is killed, the servers go on; the next supervisor adopts them.
 */
export async function runSupervisor(paths: Paths): Promise<SupervisorResult> {
  // Before the lock: who finds us by it may send a signal at once, and an unheard one would end us.
  let supervisor: Supervisor | undefined;
  let isStopAsked = false;
  process.on("SIGHUP", () => supervisor?.requestReload());
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      isStopAsked = true;
      supervisor?.requestStop();
    });
  }
  const lock = await acquireLock(supervisorLock(paths), {
    pid: process.pid,
    command: "supervise",
    sinceUnixMillis: Date.now(),
  });
  if (lock.status === "taken") return "another-runs";
  const spec = readSpec(paths.spec);
  if (!spec) return "no-spec";
  supervisor = new Supervisor(paths, spec);
  if (isStopAsked) supervisor.requestStop();
  await supervisor.run();
  return "stopped";
}

const supervisorLock = (paths: Paths): string => `supervisor-${stackId(paths)}`;

/**
 * The supervisor of this stack, or undefined where none runs. The state file names it; where that
 * file is gone or damaged, the lock still knows.
 */
export async function findSupervisor(paths: Paths): Promise<ProcessRef | undefined> {
  const known = readState(paths.state)?.supervisor;
  if (isAlive(known)) return known;
  const holder = await findLockHolder(supervisorLock(paths));
  // The lock spans a network namespace and a pid does not: never signal what only has the same number.
  const isOurs = holder !== undefined && / supervise$/.test(commandLineOf(holder.pid));
  return isOurs ? refOf(holder.pid) : undefined;
}

class Supervisor {
  readonly #paths: Paths;
  readonly #self: ProcessRef;
  #spec: StackSpec;
  #servers: ManagedServer[] = [];
  #writeFault = "";
  #reload = true;
  #stop = false;

  constructor(paths: Paths, spec: StackSpec) {
    this.#paths = paths;
    this.#spec = spec;
    this.#self = refOf(process.pid) as ProcessRef;
  }

  requestReload(): void {
    this.#reload = true;
  }

  requestStop(): void {
    this.#stop = true;
  }

  async run(): Promise<void> {
    const heartbeat = createHeartbeat();
    await this.#endForeign();
    while (!this.#stop) {
      if (this.#reload) await this.#applySpec();
      const healthy = this.#healthyNames();
      await Promise.all(this.#servers.map((server) => server.tick(healthy, Date.now())));
      this.#report();
      heartbeat.beat(this.#spec, this.#state());
      await delay(this.#isSettled() ? IDLE_TICK_MILLIS : TICK_MILLIS);
    }
    await this.#stopAll();
  }

  /** What an earlier supervisor left and this spec has no place for. */
  async #endForeign(): Promise<void> {
    const known = readState(this.#paths.state)?.servers ?? [];
    const wanted = new Set(this.#spec.servers.map(digestOf));
    const foreign = known.filter((server) => !wanted.has(server.digest) && isAlive(server.process));
    await Promise.all(foreign.map((server) => endProcess(server.process as ProcessRef)));
  }

  async #applySpec(): Promise<void> {
    this.#reload = false;
    this.#spec = readSpec(this.#paths.spec) ?? this.#spec;
    const known = readState(this.#paths.state)?.servers ?? [];
    const before = new Map(this.#servers.map((server) => [server.digest, server]));
    const next = this.#spec.servers.map((spec) => {
      const fresh = new ManagedServer(spec);
      const kept = before.get(fresh.digest);
      if (kept && kept.status !== "failed") {
        before.delete(fresh.digest);
        return kept;
      }
      fresh.adopt(known.find((server) => server.name === spec.name));
      return fresh;
    });
    await Promise.all([...before.values()].map((server) => server.stop()));
    this.#servers = next;
  }

  #healthyNames(): Set<string> {
    const well = this.#servers.filter((server) => server.status === "healthy");
    return new Set(well.map((server) => server.spec.name));
  }

  #isSettled(): boolean {
    const settled = new Set(["healthy", "failed", "stopped"]);
    return !this.#reload && this.#servers.every((server) => settled.has(server.status));
  }

  #state(): StackState {
    return {
      supervisor: this.#self,
      generation: this.#spec.generation,
      servers: this.#servers.map((server) => server.state()),
    };
  }

  #report(): void {
    const state = this.#state();
    try {
      // Against the file and not against what was last written: somebody may have removed or damaged
      // it, and without it `status` and `up` would see no stack.
      if (isDeepStrictEqual(readState(this.#paths.state), state)) return;
      writeJson(this.#paths.state, state);
      this.#writeFault = "";
    } catch (error) {
      // A full disk must not end the watch over the servers, nor be filled with this; the next tick tries again.
      const fault = `cannot write "${this.#paths.state}": ${(error as Error).message}\n`;
      if (fault !== this.#writeFault) process.stderr.write(fault);
      this.#writeFault = fault;
    }
  }

  /** Those that nobody running depends on go first, so that nothing loses its next hop too early. */
  async #stopAll(): Promise<void> {
    let running = this.#servers;
    while (running.length > 0) {
      const needed = new Set(running.flatMap((server) => server.spec.after));
      const last = running.filter((server) => !needed.has(server.spec.name));
      const batch = last.length > 0 ? last : running;
      await Promise.all(batch.map((server) => server.stop()));
      running = running.filter((server) => !batch.includes(server));
      this.#report();
    }
  }
}
