import { listenToChannels } from "../listen-to-channels.ts";
import type { ClientCall, ClientCalls } from "./client-call.ts";
import type { CallPhase } from "./client-error.ts";
import { portOf, type RequestTarget } from "./own-traffic.ts";

/** undici's request, as its diagnostics channels show it. Source: undici, DiagnosticsChannel.md. */
type UndiciRequest = {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  addHeader(name: string, value: string): void;
};
type State = { readonly call: ClientCall; phase: CallPhase; statusCode?: number };
type Message = { readonly request: UndiciRequest };
type Origin = Omit<RequestTarget, "path">;

/** Services that one process calls; only a memory of what was parsed. */
const MAX_ORIGINS = 1_000;

/** Calls made with `fetch` or undici, Node's own or an installed one: both use these channels. */
export function instrumentFetch(calls: ClientCalls): () => void {
  const states = new WeakMap<UndiciRequest, State>();
  const originOf = createOriginParser();

  return listenToChannels({
    "undici:request:create"(message) {
      const { request } = message as Message;
      const origin = originOf(String(request.origin));
      if (origin === undefined) return;
      const call = calls.begin({
        ...origin,
        method: request.method,
        path: request.path,
        setHeader: (name, value) => request.addHeader(name, value),
      });
      if (call !== undefined) states.set(request, { call, phase: "connect" });
    },
    "undici:client:sendHeaders"(message) {
      const state = states.get((message as Message).request);
      if (state !== undefined) state.phase = "headers";
    },
    "undici:request:headers"(message) {
      const { request, response } = message as Message & { response: { statusCode: number } };
      const state = states.get(request);
      if (state === undefined) return;
      state.phase = "body";
      state.statusCode = response.statusCode;
    },
    "undici:request:trailers"(message) {
      const state = states.get((message as Message).request);
      state?.call.end(state.statusCode);
    },
    "undici:request:error"(message) {
      const { request, error } = message as Message & { error: unknown };
      const state = states.get(request);
      state?.call.end(state.statusCode, {
        error,
        phase: state.phase,
        isByHost: error === undefined || error === null,
      });
    },
  });
}

function createOriginParser(): (origin: string) => Origin | undefined {
  const known = new Map<string, Origin>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    const origin: Origin = {
      scheme: url.protocol === "https:" ? "https" : "http",
      host: url.hostname,
      port: portOf(url),
    };
    if (known.size >= MAX_ORIGINS) known.clear();
    known.set(text, origin);
    return origin;
  };
}
