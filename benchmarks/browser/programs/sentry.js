import { consoleLoggingIntegration, init } from "@sentry/browser";

init({
  dsn: `${globalThis.SINK_URL.replace("://", "://0123456789abcdef0123456789abcdef@")}/1`,
  release: "1.0.0",
  enableLogs: true,
  integrations: [consoleLoggingIntegration({ levels: ["debug", "log", "info", "warn", "error"] })],
});
