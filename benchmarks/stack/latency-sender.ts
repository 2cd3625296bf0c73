// A service that prints a line whenever it is told to. With an argument, through winston-loki:
// `{"host": "http://…", "service": "…", "intervalSeconds": 5}`.
import winston from "winston";
import LokiTransport from "winston-loki";
import { formatLine } from "./numbered-line.ts";

interface PeerOptions {
  readonly host: string;
  readonly service: string;
  readonly intervalSeconds: number;
}

const peer =
  process.argv[2] === undefined ? undefined : (JSON.parse(process.argv[2]) as PeerOptions);
const logger = winston.createLogger({
  transports: [
    new winston.transports.Console(),
    ...(peer
      ? [
          new LokiTransport({
            host: peer.host,
            labels: { service_name: peer.service },
            interval: peer.intervalSeconds,
          }),
        ]
      : []),
  ],
});

process.on("message", (number: number) => {
  logger.info(formatLine(number, Date.now()), { order: 1000 + number, cached: false });
});
process.send?.("ready");
