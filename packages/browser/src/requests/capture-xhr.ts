import { outsideZones } from "../page/natives.ts";
import { patch, type Undo } from "../page/patch.ts";
import type { RequestOutcome, RequestRun, RequestWatch } from "./request-watch.ts";

const HEADER = "traceparent";

interface Opened {
  readonly method: string;
  readonly address: string;
  foreign: string | null;
}

type Open = (
  this: XMLHttpRequest,
  method: string,
  address: string | URL,
  ...rest: unknown[]
) => void;

export function captureXhr(watch: RequestWatch): Undo {
  if (typeof XMLHttpRequest !== "function") return () => undefined;
  const requests = new WeakMap<XMLHttpRequest, Opened>();
  const prototype = XMLHttpRequest.prototype;
  const undos = [
    patch<Open>(
      prototype,
      "open",
      (original) =>
        function (method, address, ...rest) {
          requests.set(this, { method: String(method), address: String(address), foreign: null });
          return original.call(this, method, address, ...rest);
        },
    ),
    patch<(this: XMLHttpRequest, name: string, value: string) => void>(
      prototype,
      "setRequestHeader",
      (original) =>
        function (name, value) {
          const opened = requests.get(this);
          if (opened !== undefined && String(name).toLowerCase() === HEADER) opened.foreign = value;
          return original.call(this, name, value);
        },
    ),
    patch<(this: XMLHttpRequest, body?: unknown) => void>(
      prototype,
      "send",
      (original, isActive) =>
        function (...args) {
          const opened = requests.get(this);
          if (isActive() && opened !== undefined) begin(this, opened, watch);
          return original.apply(this, args);
        },
    ),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}

function begin(request: XMLHttpRequest, opened: Opened, watch: RequestWatch): void {
  try {
    const run = watch.begin(opened.method, opened.address, opened.foreign);
    if (run === undefined) return;
    outsideZones(() => follow(request, run));
    // By way of the page's own patches, if there are any: they see what is sent.
    if (run.traceparent !== undefined) request.setRequestHeader(HEADER, run.traceparent);
  } catch {
    // The request itself goes on.
  }
}

function follow(request: XMLHttpRequest, run: RequestRun): void {
  let outcome: RequestOutcome | undefined;
  const onEnd = ({ type }: Event): void => {
    if (type === "abort") outcome = { kind: "aborted" };
    else if (type === "timeout") outcome = { kind: "failed", reason: "timeout" };
    else if (type === "error") outcome = { kind: "failed", reason: "network" };
    if (type !== "loadend") return;
    for (const name of ENDS) request.removeEventListener(name, onEnd);
    run.end(outcome ?? { kind: "answered", status: request.status });
  };
  for (const name of ENDS) request.addEventListener(name, onEnd);
}

const ENDS = ["abort", "timeout", "error", "loadend"] as const;
