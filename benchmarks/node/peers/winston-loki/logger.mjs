import LokiTransport from "winston-loki";
import { openWinston } from "../../programs/winston-base.mjs";

/**
 * As its README has it: the host and labels, everything else at its default (protobuf with snappy,
 * every 5 s, unsent batches wait for an orderly end).
 */
export function open({ lokiUrl, service, sibling }) {
  const transport = new LokiTransport({
    host: lokiUrl,
    labels: { service_name: service },
    onConnectionError: () => {},
  });
  return {
    write: openWinston([transport], sibling),
    // Sent now instead of at the end of the interval, which would only be waited for.
    flush: async () => {
      transport.batcher.waitResolve?.();
      await transport.flush();
    },
  };
}
