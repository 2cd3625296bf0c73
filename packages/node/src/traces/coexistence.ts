import { isMainThread } from "node:worker_threads";
import { trace } from "@opentelemetry/api";
import { describeApiCopies, findApiCopies } from "./api-copies.ts";
import { apiGlobals } from "./api-globals.ts";

/**
 * The one warning about what else traces this process; undefined where nothing does.
 *
 * @param isLeftOut whether traces are wanted, and something else holds them
 */
export function describeCoexistence(isLeftOut: boolean): string | undefined {
  // Worker threads would say the same again.
  if (!isMainThread) return undefined;
  const isRefused = isLeftOut && apiGlobals()?.trace !== trace.getTracerProvider();
  const copies = describeApiCopies(findApiCopies(process.argv[1]), isRefused);
  if (copies !== undefined) return copies;
  if (!isLeftOut) return undefined;
  return (
    "another OpenTelemetry SDK is registered in this process: tracing is left to it, " +
    "logs and metrics are sent from here"
  );
}
