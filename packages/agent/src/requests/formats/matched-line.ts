import {
  type AccessLine,
  type AccessResult,
  NO_REQUEST,
  parseRequestLine,
  parseStatus,
} from "../access-line.ts";
import { toSeconds } from "../durations.ts";

type Text = string | undefined;

/** From the parts of an expression that matched, with the request line as a whole. */
export function ofRequestLine(
  requestLine: Text,
  status: Text,
  seconds: number | undefined,
): AccessResult {
  const request = parseRequestLine(requestLine ?? "");
  return request === undefined
    ? NO_REQUEST
    : toLine(request.method, request.target, status, seconds);
}

/** From the parts of an expression that matched; the status `-` is that of a client that left. */
export function toLine(
  method: Text,
  target: Text,
  status: Text,
  seconds: number | undefined,
): AccessLine | undefined {
  if (method === undefined || target === undefined || status === undefined) return undefined;
  const code = parseStatus(status);
  if (code === undefined && status !== "-") return undefined;
  return {
    method,
    target,
    ...(code === undefined ? {} : { status: code }),
    ...(seconds === undefined ? {} : { seconds }),
  };
}

export function millisOf(text: string): number | undefined {
  return /^\d{1,12}(?:\.\d{1,12})?$/.test(text) ? toSeconds(Number(text), "ms") : undefined;
}
