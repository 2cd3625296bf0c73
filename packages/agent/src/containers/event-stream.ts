import type { Clock } from "@sightline/wire";
import type { DockerEvent } from "../docker/api-types.ts";
import type { DockerClient } from "../docker/docker-client.ts";
import { pause } from "../pause.ts";

export interface EventStreamOptions {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Unix seconds to begin with, so that nothing between two connections is missed. */
  since(): number | undefined;
  onEvent(event: DockerEvent): void;
  /** The engine answers: what the events do not tell is to be looked at now. */
  onConnected(): void;
  onTrouble(message: string): void;
}

const FIRST_PAUSE_MILLIS = 200;
const MAX_PAUSE_MILLIS = 10_000;
const MAX_EVENT_CHARACTERS = 1024 * 1024;

/** Listens to the engine until the signal fires; connects again whenever it ends. Never rejects. */
export async function listenToEvents(options: EventStreamOptions): Promise<void> {
  const { signal, clock } = options;
  let pauseMillis = FIRST_PAUSE_MILLIS;
  while (!signal.aborted) {
    const answer = await options.client.events(options.since(), signal);
    if (answer.status === "ok") {
      pauseMillis = FIRST_PAUSE_MILLIS;
      options.onConnected();
      const trouble = await readEvents(answer.value as AsyncIterable<Buffer>, options.onEvent);
      if (!signal.aborted) options.onTrouble(`Docker's event stream ended: ${trouble}`);
    } else if (!signal.aborted) {
      const message = answer.status === "absent" ? "it has no event stream" : answer.message;
      options.onTrouble(`Docker does not answer: ${message}`);
    }
    await pause(pauseMillis, clock, signal);
    pauseMillis = Math.min(pauseMillis * 2, MAX_PAUSE_MILLIS);
  }
}

/** @returns why it ended. */
async function readEvents(
  chunks: AsyncIterable<Buffer>,
  onEvent: (event: DockerEvent) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event = parseEvent(line);
        if (event !== undefined) onEvent(event);
      }
      if (rest.length > MAX_EVENT_CHARACTERS) return "an event without an end";
    }
    return "the engine closed it";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Undefined for what is no container event; engines add kinds of their own. */
function parseEvent(line: string): DockerEvent | undefined {
  if (line === "") return undefined;
  try {
    const event = JSON.parse(line) as DockerEvent;
    const isWhole =
      event.Type === "container" &&
      typeof event.Action === "string" &&
      typeof event.Actor?.ID === "string" &&
      typeof event.Actor.Attributes === "object" &&
      typeof event.timeNano === "number";
    return isWhole ? event : undefined;
  } catch {
    return undefined;
  }
}
