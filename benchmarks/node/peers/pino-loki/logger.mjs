import { pino } from "pino";

/** As its README recommends: in a worker thread, with batching. */
export function open({ lokiUrl, service, maxBufferSize }) {
  const transport = pino.transport({
    target: import.meta.resolve("pino-loki"),
    options: {
      host: lokiUrl,
      labels: { service_name: service },
      silenceErrors: true,
      // Its default keeps 10,000 lines in five seconds. Where cost is measured, no line is to be
      // left out.
      ...(maxBufferSize === undefined ? {} : { batching: { interval: 5, maxBufferSize } }),
    },
  });
  const logger = pino(transport);
  return {
    write: (text, fields) => logger.info(fields, text),
    // It has no flush short of its end, and its worker alone does not keep the process.
    flush: () =>
      new Promise((resolve) => {
        const keep = setInterval(() => {}, 1_000);
        transport.once("close", () => {
          clearInterval(keep);
          resolve();
        });
        transport.end();
      }),
  };
}
