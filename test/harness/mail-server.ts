import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail server on 127.0.0.1 that takes everything and keeps it. */
export interface MailServer {
  /** `host:port`, as a contact's settings want it. */
  readonly address: string;
  readonly mails: readonly ReceivedMail[];
  close: () => Promise<void>;
}

export interface ReceivedMail extends ParsedMail {
  readonly receivedUnixMillis: number;
}

/** The options stand over: a server that refuses, asks for a password, hangs. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onData: (stream, _session, done) => {
      const receivedUnixMillis = Date.now();
      simpleParser(stream).then((mail) => {
        mails.push({ ...mail, receivedUnixMillis });
        done();
      }, done);
    },
    ...options,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // Connections that break are what some tests are about.
  server.on("error", () => undefined);
  const { port } = server.server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
