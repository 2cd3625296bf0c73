import type { ErrorRequestHandler, RequestHandler } from "express";
import { loggerOf } from "./logger.ts";

export const unknownAddress: RequestHandler = (request, response) => {
  const message = `there is no ${request.method} ${request.path.slice(0, 200)}`;
  response.status(404).json({ error: { message } });
};

/** The last stop of every error that a route throws or passes on. */
export const failedRequest: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const status = statusOf(error);
  if (status < 500) {
    const message = error instanceof Error ? error.message : String(error);
    response
      .status(status)
      .json({ error: { message: `the request was not understood: ${message}` } });
    return;
  }
  loggerOf(response).error("request failed", { error });
  // Half of an answer is on its way: only Express's own handler can still cut the connection.
  if (response.headersSent) return next(error);
  const requestId = response.locals["requestId"] as string;
  const message = `something went wrong on our side; with this number we can find it: ${requestId}`;
  response.status(500).json({ error: { message, requestId } });
};

/** Express and its body parser put the status that a bad request deserves on the error. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
