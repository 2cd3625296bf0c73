import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { listenToChannels } from "../listen-to-channels.ts";
import type { ClientCall, ClientCalls } from "./client-call.ts";
import type { CallFailure, CallPhase } from "./client-error.ts";
import type { RequestTarget } from "./own-traffic.ts";

const CREATED = "http.client.request.created";
const FAILED = "http.client.request.error";
/** Despite its name, published when the head of the response has arrived. */
const ANSWERED = "http.client.response.finish";

type State = { readonly call: ClientCall; response?: IncomingMessage; hasTimedOut: boolean };
type Message = { readonly request: ClientRequest };

/** Calls made with `node:http` and `node:https`, and so with axios, got and the AWS SDK. */
export function instrumentHttpClient(calls: ClientCalls): () => void {
  const states = new WeakMap<ClientRequest, State>();

  const onCreated = (message: unknown): void => {
    const { request } = message as Message;
    const call = calls.begin({
      ...targetOf(request),
      method: request.method,
      setHeader(name, value) {
        // Headers given as an array are written out before anybody is told of the request.
        if (!request.headersSent) request.setHeader(name, value);
      },
    });
    if (call === undefined) return;
    const state: State = { call, hasTimedOut: false };
    states.set(request, state);
    request.once("timeout", () => {
      state.hasTimedOut = true;
    });
    request.once("close", () => endState(request, state, undefined));
  };
  const onAnswered = (message: unknown): void => {
    const { request, response } = message as Message & { response: IncomingMessage };
    const state = states.get(request);
    if (state !== undefined) state.response = response;
  };
  const onFailed = (message: unknown): void => {
    const { request, error } = message as Message & { error: unknown };
    const state = states.get(request);
    if (state !== undefined) endState(request, state, error ?? new Error("unknown"));
  };

  return listenToChannels({ [CREATED]: onCreated, [ANSWERED]: onAnswered, [FAILED]: onFailed });
}

function endState(request: ClientRequest, state: State, error: unknown): void {
  const { call, response, hasTimedOut } = state;
  const isWhole = error === undefined && (response === undefined || response.complete);
  if (isWhole) {
    call.end(response?.statusCode);
    return;
  }
  const cause = error ?? response?.errored;
  const failure: CallFailure = {
    error: cause,
    phase: phaseOf(request, response),
    hasTimedOut,
    isByHost: isByHost(request, cause),
  };
  call.end(response?.statusCode, failure);
}

function phaseOf(request: ClientRequest, response: IncomingMessage | undefined): CallPhase {
  if (response !== undefined) return "body";
  const { socket } = request;
  return socket === null || socket === undefined || socket.connecting ? "connect" : "headers";
}

/**
 * `request.destroy()` and a server that hangs up look the same, `ECONNRESET`. But only the server's
 * comes with an end of the stream or out of a system call.
 */
function isByHost(request: ClientRequest, error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (error !== undefined && code !== "ECONNRESET") return false;
  if (syscall !== undefined) return false;
  const socket = request.socket as Socket | null;
  return socket === null || !(socket.readableEnded || socket.errored !== null);
}

function targetOf(request: ClientRequest): RequestTarget {
  const scheme = request.protocol === "https:" ? "https" : "http";
  const header = request.getHeader("host");
  // Only the Host header knows the port; its name may be that of another, virtual host.
  const port = typeof header === "string" ? /:(\d{1,5})$/.exec(header)?.[1] : undefined;
  const host = request.host.includes(":") ? `[${request.host}]` : request.host;
  return {
    scheme,
    host,
    port: port === undefined ? (scheme === "https" ? 443 : 80) : Number(port),
    path: request.path,
  };
}
