import * as Sentry from "@sentry/node";

/** As docs.sentry.io has it for ES modules (`--import`), without tracing. */
Sentry.init({ dsn: process.env.SENTRY_TEST_DSN });
