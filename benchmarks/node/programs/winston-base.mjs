import { Writable } from "node:stream";
import { createLogger, format, transports } from "winston";

/** Takes everything and keeps nothing: what is left is the cost of winston itself. */
const nowhere = () =>
  new transports.Stream({
    stream: new Writable({ write: (_chunk, _encoding, done) => done(), decodeStrings: false }),
  });

/** A transport that never calls back, such as a socket that hangs (winston#1364). */
const stuck = () => {
  const transport = new transports.Stream({ stream: new Writable({ write: () => {} }) });
  transport.log = () => {};
  return transport;
};

const printing = () => new transports.Console();
const SIBLINGS = {
  nowhere: () => [nowhere()],
  stuck: () => [stuck()],
  console: () => [printing()],
  stuckConsole: () => [stuck(), printing()],
};

/** The logger of every winston candidate: JSON to a null stream, and the candidate's transport. */
export function openWinston(own, sibling = "nowhere") {
  const logger = createLogger({
    level: "info",
    format: format.json(),
    transports: [...SIBLINGS[sibling](), ...own],
  });
  return (text, fields) => logger.info(text, fields);
}
