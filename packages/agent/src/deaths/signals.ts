import { constants } from "node:os";

export const SIGKILL = 9;
export const SIGABRT = 6;
const MAX_SIGNAL = 64;
/** A shell and Docker both report a death by signal n as exit code 128 + n. */
const SIGNAL_EXIT_BASE = 128;

const NAMES: ReadonlyMap<number, string> = new Map(
  // Of two names for one number the first is the usual one, and the last in a map would win.
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** `SIGKILL`; `signal 40` for those without a name. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `signal ${number}`;
}

/** Number of `15`, `SIGTERM`, `term`; undefined for anything else. */
export function parseSignal(text: string): number | undefined {
  const trimmed = text.trim().toUpperCase();
  if (/^\d{1,3}$/.test(trimmed)) {
    const number = Number(trimmed);
    return number >= 1 && number <= MAX_SIGNAL ? number : undefined;
  }
  const name = trimmed.startsWith("SIG") ? trimmed : `SIG${trimmed}`;
  return Object.hasOwn(constants.signals, name)
    ? constants.signals[name as keyof typeof constants.signals]
    : undefined;
}

/** The signal behind an exit code, where it has one. */
export function signalOfExitCode(exitCode: number | undefined): number | undefined {
  const number = (exitCode ?? 0) - SIGNAL_EXIT_BASE;
  return number >= 1 && number <= MAX_SIGNAL ? number : undefined;
}
