import type { FlushResult } from "@sightline/wire";
import { readHostFacts } from "./config/read-host-facts.ts";
import { resolveConfig } from "./config/resolve-config.ts";
import type { StartOptions } from "./config/start-options.ts";
import { instrument } from "./instrument.ts";
import type { Sightline } from "./sightline.ts";
import type { SignalTaps } from "./signal-taps.ts";

type Running = { readonly sightline: Sightline; readonly key: string };

/** Registered: `import` and a second copy of this package must find the one that runs. */
const RUNNING = Symbol.for("sightline.node.running");
const registry = globalThis as { [RUNNING]?: Running | undefined };

/**
 * Starts logs, metrics and traces of this process. Everything can be left out; see
 * {@link StartOptions}. Import it before the modules of the application.
 *
 * A second call gives the running instance; with other options it says so and changes nothing.
 *
 * @throws Error that names every fault of the options at once.
 */
export function start(options: StartOptions = {}): Sightline {
  return startWith(options);
}

/** Whether an instance runs in this process. */
export function isStarted(): boolean {
  return registry[RUNNING] !== undefined;
}

/** @param taps for tests of the host: see what would be sent, instead of sending it. */
export function startWith(options: StartOptions, taps?: SignalTaps): Sightline {
  const { config, faults, warnings } = resolveConfig({
    options,
    env: process.env,
    facts: readHostFacts(),
  });
  if (faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join("");
    throw new Error(`sightline: cannot start with these options:${list}`);
  }
  const running = registry[RUNNING];
  if (running !== undefined) return answerSecondStart(running, options);
  for (const warning of warnings) warn(warning);
  const onShutdown = (): void => void delete registry[RUNNING];
  const sightline = instrument(config, { warn, onShutdown, taps });
  registry[RUNNING] = { sightline, key: keyOf(options) };
  return sightline;
}

/** Waits for the running instance, if there is one; see {@link Sightline}. */
export async function flush(timeoutMillis?: number): Promise<FlushResult> {
  return registry[RUNNING]?.sightline.flush(timeoutMillis) ?? { status: "flushed" };
}

/** Ends the running instance, if there is one; see {@link Sightline}. */
export async function shutdown(timeoutMillis?: number): Promise<FlushResult> {
  return registry[RUNNING]?.sightline.shutdown(timeoutMillis) ?? { status: "flushed" };
}

function answerSecondStart(running: Running, options: StartOptions): Sightline {
  const key = keyOf(options);
  if (key !== keyOf({}) && key !== running.key) {
    warn("started already with other options; the first ones stay in force");
  }
  return running.sightline;
}

/** Equal options give equal keys, whatever their order. */
function keyOf(options: StartOptions): string {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function warn(message: string): void {
  process.stderr.write(`sightline: ${message}\n`);
}
