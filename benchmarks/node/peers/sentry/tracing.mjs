import * as Sentry from "@sentry/node";

/** As docs.sentry.io has it for ES modules (`--import`), with tracing of one request in ten. */
Sentry.init({ dsn: process.env.SENTRY_TEST_DSN, tracesSampleRate: 0.1 });
