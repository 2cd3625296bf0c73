import * as Sentry from "@sentry/node";
import Transport from "winston-transport";
import { openWinston } from "../../programs/winston-base.mjs";

/** As docs.sentry.io has it for winston: `enableLogs` and its transport. */
export function open({ sentryDsn, sibling }) {
  Sentry.init({ dsn: sentryDsn, enableLogs: true });
  const SentryWinstonTransport = Sentry.createSentryWinstonTransport(Transport);
  return {
    write: openWinston([new SentryWinstonTransport()], sibling),
    flush: async () => void (await Sentry.flush(10_000)),
  };
}
