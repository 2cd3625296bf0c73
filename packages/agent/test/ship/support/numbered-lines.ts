import type { LogEntry } from "../../../src/lines/log-entry.ts";
import type { Identity } from "../../../src/sources/identity.ts";

/** A source of numbered lines that can be read again from any number. */
export interface NumberedSource {
  readonly name: string;
  readonly life: string;
  readonly identity: Identity;
}

export function makeIdentity(service: string): Identity {
  const resource = { "service.name": service, "host.name": "vm-1" };
  return { service, release: undefined, resource, metricResource: resource };
}

const api = makeIdentity("api");
const web = makeIdentity("web");

/** Two streams of one life, and another life. */
export const SOURCES: readonly NumberedSource[] = [
  { name: "docker:aaa:stdout", life: "aaa:1", identity: api },
  { name: "docker:aaa:stderr", life: "aaa:1", identity: api },
  { name: "docker:bbb:stdout", life: "bbb:1", identity: web },
];

/** Every so many lines one is left out as a rate limit would, which the accounts must show. */
const LEFT_OUT_EVERY = 97;

export function isLeftOut(number: number): boolean {
  return number % LEFT_OUT_EVERY === 0;
}

/** Always the same for the same number, as a container's log is. */
export function makeEntry(source: NumberedSource, number: number): LogEntry {
  return {
    body: `${source.name} line ${number}`,
    severityNumber: 9,
    severityText: "INFO",
    attributes: { number, source: source.name },
    time: [1_700_000_000 + Math.floor(number / 1_000), (number % 1_000) * 1_000_003],
    stream: source.name.endsWith("stderr") ? "stderr" : "stdout",
    lines: 1,
  };
}
