import { type Response, Router } from "express";
import type { Database } from "../database.ts";
import { describeError, loggerOf } from "../logger.ts";
import { buildReport } from "../report.ts";

const NDJSON = "application/x-ndjson";

/** Plain JSON at the end, or, to who accepts NDJSON, a line per step and the report as the last. */
export function reportRoutes(database: Database, weatherUrl: string): Router {
  const router = Router();
  router.get("/api/report", async (request, response) => {
    const startedAt = performance.now();
    const source = { database, weatherUrl, signal: signalOf(response) };
    const isStream = request.accepts(["application/json", NDJSON]) === NDJSON;
    const writeLine = (line: unknown) => response.write(`${JSON.stringify(line)}\n`);
    if (isStream) response.type(NDJSON);
    try {
      const report = await buildReport(source, (progress) => {
        loggerOf(response).debug("report step", { ...progress });
        if (isStream) writeLine({ progress });
      });
      const durationMillis = Math.round(performance.now() - startedAt);
      loggerOf(response).info("report built", { durationMillis });
      if (!isStream) return void response.json({ report, durationMillis });
      writeLine({ report, durationMillis });
      response.end();
    } catch (error) {
      if (source.signal.aborted) return;
      if (!response.headersSent) throw error;
      // The status line is gone; the last line of the stream has to carry the bad news.
      loggerOf(response).error("the report failed half way", { error });
      writeLine({ error: { message: describeError(error).message } });
      response.end();
    }
  });
  return router;
}

function signalOf(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort(new Error("the reader has gone")));
  return controller.signal;
}
