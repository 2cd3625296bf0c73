import { EXIT, parseCrashBody, ringCrashId, toRingCrash } from "@sightline/core";
import type { Context } from "../context.ts";
import { type RingReading, readRing } from "../crashes/read-ring.ts";
import { renderRing } from "../report/ring-text.ts";

/** `sightline crashes read <file>`: what a process has left in its crash recorder, without a stack. */
export async function readCrashCommand(
  context: Context,
  path: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const reading = readRing(path);
  const { io, paint } = context;
  io.out(options.json ? `${JSON.stringify(toDocument(reading))}\n` : renderRing(reading, paint));
  return EXIT.ok;
}

function toDocument(reading: RingReading): Record<string, unknown> {
  const { file, ring, judgement, runningPid, lines, undeliveredLines } = reading;
  const { facts, heartbeat, fatal, exit, lappedLines, damagedLines } = ring;
  const crash = judgement && toRingCrash(ring, judgement, lines);
  const {
    kind: _,
    timeMillis: __,
    body,
    ...fields
  } = crash ?? { kind: "", timeMillis: 0, body: "" };
  return {
    file,
    isRunning: runningPid !== undefined,
    service: facts.serviceName,
    crashId: ringCrashId(ring),
    ...fields,
    ...(crash && { summary: parseCrashBody(body).summary }),
    process: facts,
    heartbeat,
    exception: fatal,
    exit,
    undeliveredLines,
    lappedLines,
    damagedLines,
    lines: lines.map(({ number, isDelivered, record }) => ({ number, isDelivered, ...record })),
  };
}

export const CRASHES_READ_HELP = `
<file> is the file \`ring\` of a process, or the folder that it is in:
  <SIGHTLINE_DATA>/ring/<service>/ring-<pid>-<…>/ring

The next start of the service sends what is unsent in it, tells the death, and removes it; this
reads it where there is no next start, or no stack that it could be sent to. Nothing is changed.
The ring of a running process can be read too. Lines marked * are not known to be delivered.

Verdicts: clean, uncaught, rejection, heap_limit, killed, oom_probable, signal(n), unknown. A process
alone can never prove that the kernel killed it for memory; the agent can.

Exit codes: 0 it was read, 1 there is no such file, or it is none of ours, or of another version.`;
