import { Router } from "express";
import { loggerOf } from "../logger.ts";
import { type FieldFault, fieldsOf, parseWholeNumber, sendInvalid } from "../validation.ts";

const MAX_BLOCK_MILLIS = 3_000;
/** Long enough for the answer to leave the socket before the process dies. */
const CRASH_DELAY_MILLIS = 100;

interface Digest {
  readonly topics: readonly { readonly name: string; readonly count: number }[];
}

/** Things that go wrong on request. Mounted only where `allowDebug` is set. */
export function debugRoutes(): Router {
  const router = Router();

  router.post("/debug/crash", (_request, response) => {
    loggerOf(response).warn("a crash was asked for");
    response.once("finish", () => {
      // Nothing catches what a timer throws: Node prints the stack and ends with exit code 1.
      setTimeout(() => refreshDigest(new Map()), CRASH_DELAY_MILLIS);
    });
    response.status(202).json({ crashing: true });
  });

  router.post("/debug/block", (request, response) => {
    const faults: FieldFault[] = [];
    const fields = fieldsOf(request.body);
    const millis = "millis" in fields ? String(fields["millis"]) : undefined;
    const range = { min: 1, max: MAX_BLOCK_MILLIS, fallback: 1_000 };
    const blockMillis = parseWholeNumber({ millis }, "millis", range, faults);
    if (faults.length > 0) return sendInvalid(response, faults);
    blockEventLoop(blockMillis);
    loggerOf(response).warn("the event loop was blocked", { durationMillis: blockMillis });
    response.json({ blockedMillis: blockMillis });
  });

  return router;
}

function refreshDigest(digests: ReadonlyMap<string, Digest>): string {
  return headlineOf(digests.get("this week") as Digest);
}

function headlineOf(digest: Digest): string {
  return digest.topics.map((topic) => `${topic.name} (${topic.count})`).join(", ");
}

function blockEventLoop(millis: number): void {
  const end = performance.now() + millis;
  while (performance.now() < end);
}
