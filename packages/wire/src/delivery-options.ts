import { validateHeaderName, validateHeaderValue } from "node:http";
import { RETRY_DEFAULTS, type RetryOptions } from "./backoff.ts";
import { SIGNALS, type Signal } from "./batch.ts";
import type { AcknowledgedRecords, DroppedRecords } from "./ledger.ts";
import { type Clock, type Random, systemClock, type Transport } from "./seams.ts";

export interface SpoolOptions {
  /** Several processes may name the same one; each makes a folder of its own in it. */
  readonly directory: string;
  /** Per process. Default 256 MiB, counted in whole 4 KiB blocks. */
  readonly maxBytes?: number;
}

export interface DeliveryOptions {
  /** Base address of an OTLP/HTTP receiver, for example `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** Full addresses for single signals; these win over `endpoint`. */
  readonly endpoints?: Readonly<Partial<Record<Signal, string>>> | undefined;
  /** May hold secrets: they appear in no error text, file or figure. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: `none` to a receiver on this machine, else `gzip`. */
  readonly compression?: "gzip" | "none" | undefined;
  /** Of one request, from connecting to the end of the answer. Default 10,000. */
  readonly timeoutMillis?: number | undefined;
  /** Bound of the queue in memory, counted in bytes of bodies. Default 8 MiB. */
  readonly maxMemoryBytes?: number | undefined;
  /** Absent: what waits is kept in memory only. */
  readonly spool?: SpoolOptions | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly userAgent?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Replaces HTTP; `endpoint` and `headers` are then not used. */
  readonly transport?: Transport | undefined;
  readonly onDrop?: ((drop: DroppedRecords) => void) | undefined;
  readonly onAcknowledged?: ((acknowledged: AcknowledgedRecords) => void) | undefined;
}

export interface ResolvedOptions {
  readonly urls: Readonly<Record<Signal, URL>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none" | undefined;
  readonly timeoutMillis: number;
  readonly maxMemoryBytes: number;
  readonly spool: Required<SpoolOptions> | undefined;
  readonly retry: Required<RetryOptions>;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly random: Random;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULT_TIMEOUT_MILLIS = 10_000;
const DEFAULT_MEMORY_BYTES = 8 * MEBIBYTE;
const DEFAULT_SPOOL_BYTES = 256 * MEBIBYTE;
const DEFAULT_USER_AGENT = "sightline-wire";

/**
 * Fills in the defaults.
 *
 * @throws RangeError that names every fault at once; header values are not in its text.
 */
export function resolveOptions(options: DeliveryOptions): ResolvedOptions {
  const faults: string[] = [];
  const resolved: ResolvedOptions = {
    urls: resolveUrls(options, faults),
    headers: options.headers ?? {},
    compression: options.compression,
    timeoutMillis: options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS,
    maxMemoryBytes: options.maxMemoryBytes ?? DEFAULT_MEMORY_BYTES,
    spool: options.spool && { maxBytes: DEFAULT_SPOOL_BYTES, ...definedOf(options.spool) },
    retry: { ...RETRY_DEFAULTS, ...definedOf(options.retry ?? {}) },
    userAgent: options.userAgent ?? DEFAULT_USER_AGENT,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
  checkHeaders({ "user-agent": resolved.userAgent, ...resolved.headers }, faults);
  checkNumbers(resolved, faults);
  if (faults.length > 0) throw new RangeError(`delivery options: ${faults.join("; ")}`);
  return resolved;
}

/** Drops keys that were given as undefined, so that they do not hide a default. */
function definedOf<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function resolveUrls(options: DeliveryOptions, faults: string[]): Record<Signal, URL> {
  const urls = {} as Record<Signal, URL>;
  for (const signal of SIGNALS) {
    const full = options.endpoints?.[signal];
    const url =
      full === undefined ? appendPath(options.endpoint, signal, faults) : parseUrl(full, faults);
    if (url) urls[signal] = url;
  }
  return urls;
}

function appendPath(endpoint: string, signal: Signal, faults: string[]): URL | undefined {
  const url = parseUrl(endpoint, faults);
  if (url) url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/${signal}`;
  return url;
}

function parseUrl(text: string, faults: string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  // What cannot be parsed cannot be stripped of a password, so it is not quoted if it may hold one.
  const shown = text.includes("@") ? "(not shown: it may hold a password)" : `"${text}"`;
  const fault = `endpoint ${shown}: expected an http or https address such as "http://127.0.0.1:4318"`;
  if (!faults.includes(fault)) faults.push(fault);
  return undefined;
}

function checkHeaders(headers: Readonly<Record<string, string>>, faults: string[]): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      faults.push(`header "${name}": expected a name and a value that HTTP allows`);
    }
  }
}

function checkNumbers(resolved: ResolvedOptions, faults: string[]): void {
  const numbers: Record<string, number> = {
    timeoutMillis: resolved.timeoutMillis,
    maxMemoryBytes: resolved.maxMemoryBytes,
    ...(resolved.spool && { "spool.maxBytes": resolved.spool.maxBytes }),
    ...Object.fromEntries(Object.entries(resolved.retry).map(([k, v]) => [`retry.${k}`, v])),
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value) && value > 0) continue;
    faults.push(`${name}: expected a number above 0, got "${value}"`);
  }
}
