import { startSightline } from "@sightline/browser";

startSightline({
  key: "benchmark-page",
  url: globalThis.SINK_URL,
  release: "1.0.0",
  consoleLevels: ["debug", "log", "info", "warn", "error"],
});
