import { randomUUID } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Logger } from "winston";

/** Gives each request a logger with its id, and writes one line when it is over. */
export function requestLog(logger: Logger): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const requestId = randomUUID();
    const startedAt = performance.now();
    const requestLogger = logger.child({ module: "http", requestId });
    response.locals["logger"] = requestLogger;
    response.locals["requestId"] = requestId;
    response.setHeader("x-request-id", requestId);
    response.once("close", () => {
      const isQuiet = request.path === "/healthz";
      requestLogger.log(isQuiet ? "debug" : "info", "request finished", {
        method: request.method,
        // The pattern and not the address: addresses carry what people typed.
        route: request.route?.path ?? "(no route)",
        status: response.statusCode,
        completed: response.writableFinished,
        durationMillis: Math.round(performance.now() - startedAt),
      });
    });
    next();
  };
}
