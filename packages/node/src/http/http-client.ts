import type { ClientRequest, IncomingMessage } from "node:http";
import { listenToChannels } from "../listen-to-channels.ts";
import type { ClientCall, ClientCalls } from "./client-call.ts";

const CREATED = "http.client.request.created";
const FAILED = "http.client.request.error";
/** Despite its name, published when the head of the response has arrived. */
const ANSWERED = "http.client.response.finish";

type State = { readonly call: ClientCall; response?: IncomingMessage };

/** Calls made with `node:http` and `node:https`, and so with axios, got and the AWS SDK. */
export function instrumentHttpClient(calls: ClientCalls): () => void {
  const states = new WeakMap<ClientRequest, State>();

  const onCreated = (message: unknown): void => {
    const { request } = message as { request: ClientRequest };
    const call = calls.begin({
      method: request.method,
      origin: originOf(request),
      path: request.path,
      setHeader(name, value) {
        // Headers given as an array are written out before anybody is told of the request.
        if (!request.headersSent) request.setHeader(name, value);
      },
    });
    if (call === undefined) return;
    const state: State = { call };
    states.set(request, state);
    request.once("close", () => endState(state));
  };
  const onAnswered = (message: unknown): void => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const state = states.get(request);
    if (state !== undefined) state.response = response;
  };
  const onFailed = (message: unknown): void => {
    const { request, error } = message as { request: ClientRequest; error: unknown };
    const state = states.get(request);
    state?.call.end({ statusCode: state.response?.statusCode, error: error ?? "aborted" });
  };

  return listenToChannels({ [CREATED]: onCreated, [ANSWERED]: onAnswered, [FAILED]: onFailed });
}

function endState({ call, response }: State): void {
  const isWhole = response === undefined || response.complete;
  call.end({ statusCode: response?.statusCode, ...(isWhole ? {} : { error: "aborted" }) });
}

function originOf(request: ClientRequest): string {
  const header = request.getHeader("host");
  // Only the Host header knows the port; its name may be that of another, virtual host.
  const port = typeof header === "string" ? /:(\d+)$/.exec(header)?.[1] : undefined;
  const host = request.host.includes(":") ? `[${request.host}]` : request.host;
  return new URL(`${request.protocol}//${host}${port === undefined ? "" : `:${port}`}`).origin;
}
