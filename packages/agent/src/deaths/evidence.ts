import { formatDuration } from "@sightline/core";
import type { AskedSignal, DeathException, DeathFacts, MemorySample } from "./death-facts.ts";
import type { DeathView } from "./death-view.ts";
import { formatMemory } from "./memory-text.ts";
import { oneLine } from "./one-line.ts";
import { parseSignal, SIGKILL, signalName } from "./signals.ts";

const MAX_EXCEPTION_LENGTH = 300;
const MAX_START_ERROR_LENGTH = 500;
/** A container that is reloaded by signals every hour has hundreds; the last ones count. */
const MAX_ASKED = 3;

const ORIGIN_WORDS: Readonly<Record<DeathException["origin"], string>> = {
  uncaught: "uncaught",
  rejection: "unhandled rejection of",
  panic: "panic",
  heap_limit: "its last words",
  logged: "the last error it logged",
};

/**
 * The facts in one line, the exit code first, then what decided, then what else is known.
 *
 * @param exception the one that may have ended it; not every error among its last lines did.
 */
export function describeEvidence(
  view: DeathView,
  because: string | undefined,
  exception: DeathException | undefined,
): string {
  const { facts } = view;
  return [
    describeExit(view),
    because,
    ...(facts.asked ?? []).slice(-MAX_ASKED).map(describeAsked),
    describeOom(view),
    facts.memory && describeMemory(facts.memory, facts.diedAtMillis),
    exception && describeException(exception),
    facts.startError && `Docker says: ${oneLine(facts.startError, MAX_START_ERROR_LENGTH)}`,
  ]
    .filter(Boolean)
    .join("; ");
}

function describeExit({ facts, exitSignal }: DeathView): string {
  if (facts.exitCode === undefined) return "nobody saw its exit code";
  return exitSignal === undefined
    ? `exit code ${facts.exitCode}`
    : `exit code ${facts.exitCode} (${signalName(exitSignal)})`;
}

function describeAsked({ signal, atMillis }: AskedSignal): string {
  const number = parseSignal(signal);
  const name = number === undefined ? `signal "${oneLine(signal, 20)}"` : signalName(number);
  return `Docker was asked to send ${name} at ${clockTime(atMillis)}`;
}

function describeOom({ facts, exitSignal, isOomNear }: DeathView): string | undefined {
  const at = facts.oomEventAtMillis;
  if (at === undefined) {
    const isOther = facts.isOomKilled === true && exitSignal !== SIGKILL;
    return isOther ? "State.OOMKilled is true, for another process of the container" : undefined;
  }
  const report = `Docker reported out of memory at ${clockTime(at)}`;
  if (exitSignal === SIGKILL && isOomNear) return report;
  return `${report}, for another process of the container`;
}

function describeMemory(memory: MemorySample, diedAtMillis: number): string {
  const age = Math.max(0, diedAtMillis - memory.atMillis);
  const limit = memory.limitBytes === undefined ? ", no limit" : "";
  const used = formatMemory(memory.bytes, memory.limitBytes);
  return `memory ${used}${limit}, ${formatDuration(age)} before the end`;
}

function describeException({ origin, type, message }: DeathException): string {
  // A Go panic has no type of its own: "panic panic" says nothing twice.
  const what = type === ORIGIN_WORDS[origin] ? message : `${type}: ${message}`;
  return `${ORIGIN_WORDS[origin]} ${oneLine(what, MAX_EXCEPTION_LENGTH)}`;
}

/** Of the facts' own day, which the record names. */
function clockTime(unixMillis: DeathFacts["diedAtMillis"]): string {
  return `${new Date(unixMillis).toISOString().slice(11, 19)} UTC`;
}
