import { datadogLogs } from "@datadog/browser-logs";

datadogLogs.init({
  clientToken: "pub0123456789abcdef0123456789abcdef",
  proxy: `${globalThis.SINK_URL}/datadog`,
  service: "page",
  version: "1.0.0",
  forwardConsoleLogs: "all",
  forwardErrorsToLogs: true,
  sessionSampleRate: 100,
});
