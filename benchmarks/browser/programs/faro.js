import { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";

initializeFaro({
  url: `${globalThis.SINK_URL}/c/benchmark-page`,
  app: { name: "page", version: "1.0.0" },
  instrumentations: getWebInstrumentations({ captureConsole: true }),
  consoleInstrumentation: { disabledLevels: [] },
});
