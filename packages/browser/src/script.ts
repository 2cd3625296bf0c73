import { GATEWAY_PATH } from "@sightline/core";
import type { ConsoleLevel, Sightline, SightlineOptions } from "./sightline-options.ts";
import { startSightline } from "./start-sightline.ts";

/**
 * What the script leaves on the page: the calls of `Sightline`, and `start` for a page that has its
 * settings in code.
 */
export interface SightlineGlobal extends Sightline {
  start(options: SightlineOptions): Sightline;
}

/** What the snippet in the page's head kept until the script came; see the README. */
interface Stub {
  readonly q?: readonly (readonly [name: string, args: ArrayLike<unknown>])[];
  readonly early?: (event: Event) => void;
}

type WithSightline = typeof globalThis & { sightline?: Partial<SightlineGlobal> & Stub };

const holder = globalThis as WithSightline;
const stub = holder.sightline;
const tag = findTag();
const options = tag === undefined ? undefined : readTag(tag);

function start(given: SightlineOptions): Sightline {
  const sightline = startSightline(given);
  holder.sightline = { ...sightline, start };
  replay(sightline);
  return sightline;
}

if (options === undefined) holder.sightline = { ...stub, start };
else start(options);

/** A module or a tag manager leaves no current script. */
function findTag(): HTMLScriptElement | undefined {
  if (typeof document === "undefined") return undefined;
  const { currentScript } = document;
  if (currentScript instanceof HTMLScriptElement) return currentScript;
  return document.querySelector<HTMLScriptElement>("script[data-key]") ?? undefined;
}

/** Undefined: the page starts it itself. */
function readTag({ dataset, src }: HTMLScriptElement): SightlineOptions | undefined {
  const key = dataset["key"];
  if (key === undefined) return undefined;
  const url = dataset["url"] ?? urlOfScript(src);
  const settings: Record<string, unknown> = {
    key,
    url,
    fallbackUrl: dataset["fallbackUrl"],
    release: dataset["release"],
    consent: dataset["consent"],
    sessionScope: dataset["sessionScope"],
    sampleRate: dataset["sampleRate"] === undefined ? undefined : Number(dataset["sampleRate"]),
    consoleLevels: listOf(dataset["console"]) as readonly ConsoleLevel[] | undefined,
    traceOrigins: listOf(dataset["traceOrigins"]),
    ignoreErrors: listOf(dataset["ignoreErrors"]),
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as SightlineOptions;
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

/** The gateway that serves the script takes what it tells: `/sl/b.js` belongs to `/sl`. */
function urlOfScript(src: string): string | undefined {
  const [address = ""] = src.split(/[?#]/);
  const isOfGateway = address.endsWith(GATEWAY_PATH.script);
  return isOfGateway ? address.slice(0, -GATEWAY_PATH.script.length) : undefined;
}

/** Calls and errors from before the script had arrived. */
function replay(sightline: Sightline): void {
  const { early, q = [] } = stub ?? {};
  if (early !== undefined) {
    removeEventListener("error", early, true);
    removeEventListener("unhandledrejection", early);
  }
  for (const [name, args] of q) {
    const [first] = Array.from(args);
    if (name === "early") tellEarly(sightline, first);
    else callByName(sightline, name, Array.from(args));
  }
}

function tellEarly(sightline: Sightline, event: unknown): void {
  const { error, message, reason } = event as Partial<ErrorEvent & PromiseRejectionEvent>;
  // A resource that could not be loaded has none of these.
  const thrown =
    error ?? reason ?? (message === undefined ? undefined : { name: "Error", message });
  if (thrown !== undefined) sightline.reportError(thrown, { handled: false });
}

function callByName(sightline: Sightline, name: string, args: readonly unknown[]): void {
  const call = (sightline as unknown as Record<string, unknown>)[name];
  if (typeof call === "function") call(...args);
}
