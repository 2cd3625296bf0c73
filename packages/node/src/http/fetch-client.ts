import { listenToChannels } from "../listen-to-channels.ts";
import type { ClientCall, ClientCalls } from "./client-call.ts";

/** undici's request, as its diagnostics channels show it. Source: undici, DiagnosticsChannel.md. */
type UndiciRequest = {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  addHeader(name: string, value: string): void;
};
type State = { readonly call: ClientCall; statusCode?: number };

/** Calls made with `fetch` or undici. */
export function instrumentFetch(calls: ClientCalls): () => void {
  const states = new WeakMap<UndiciRequest, State>();

  return listenToChannels({
    "undici:request:create"(message) {
      const { request } = message as { request: UndiciRequest };
      const call = calls.begin({
        method: request.method,
        origin: new URL(request.origin).origin,
        path: request.path,
        setHeader: (name, value) => request.addHeader(name, value),
      });
      if (call !== undefined) states.set(request, { call });
    },
    "undici:request:headers"(message) {
      const { request, response } = message as {
        request: UndiciRequest;
        response: { statusCode: number };
      };
      const state = states.get(request);
      if (state !== undefined) state.statusCode = response.statusCode;
    },
    "undici:request:trailers"(message) {
      const state = states.get((message as { request: UndiciRequest }).request);
      state?.call.end({ statusCode: state.statusCode });
    },
    "undici:request:error"(message) {
      const { request, error } = message as { request: UndiciRequest; error: unknown };
      const state = states.get(request);
      state?.call.end({ statusCode: state.statusCode, error: error ?? "aborted" });
    },
  });
}
