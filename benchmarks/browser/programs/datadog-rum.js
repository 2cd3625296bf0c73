import { datadogRum } from "@datadog/browser-rum";

datadogRum.init({
  applicationId: "00000000-0000-4000-8000-000000000000",
  clientToken: "pub0123456789abcdef0123456789abcdef",
  proxy: `${globalThis.SINK_URL}/datadog`,
  service: "page",
  version: "1.0.0",
  sessionSampleRate: 100,
  sessionReplaySampleRate: 0,
});
