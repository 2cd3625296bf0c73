import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import {
  percentileOf,
  type Sent,
  send,
  startBenchGateway,
  startBenchSink,
} from "./bench-gateway.ts";
import type { RequestKind } from "./requests.ts";

const FULL_SECONDS = 20;
const QUICK_SECONDS = 4;
const CONNECTIONS = 64;
const MAX_RSS_MB = 300;

/** What a page's owner would rather not see, and the status that each is to have. */
const KINDS: readonly {
  readonly kind: RequestKind;
  readonly name: string;
  readonly status: string;
}[] = [
  { kind: "forged-keys", name: "forged keys", status: "403" },
  { kind: "wrong-origins", name: "pages of other origins", status: "403" },
  { kind: "deep", name: "JSON of 100,000 levels, 100 kB", status: "400" },
  { kind: "bombs", name: "20 kB of gzip that become 20 MB", status: "413" },
];

export async function measureRefusals({ isQuick, note }: PartContext): Promise<Section> {
  const seconds = isQuick ? QUICK_SECONDS : FULL_SECONDS;
  const sink = await startBenchSink();
  const gateway = await startBenchGateway(sink.url);
  const results: { readonly name: string; readonly sent: Sent }[] = [];
  for (const { kind, name, status } of KINDS) {
    note(`refusals: ${name}, ${seconds} s`);
    const sent = await send(gateway, { kind, seconds, connections: CONNECTIONS });
    const others = Object.keys(sent.statuses).filter((each) => each !== status);
    if (others.length > 0) throw new Error(`${name} were answered ${others.join(", ")}, too`);
    results.push({ name, sent });
  }
  await gateway.stop();
  await sink.stop();
  return {
    part: "refusals",
    title: "Requests per second that are refused, on one core",
    tables: [
      {
        columns: ["what comes", "refused/s", "p99, ms", "RSS, MB"],
        rows: results.map(({ name, sent }) => [
          name,
          formatFigure(sent.perSecond),
          formatFigure(percentileOf(sent.millis, 99)),
          formatFigure(sent.rss / 1e6),
        ]),
      },
    ],
    targets: [
      {
        name: "memory, the highest (RSS)",
        value: Math.max(...results.map(({ sent }) => sent.rss)) / 1e6,
        limit: MAX_RSS_MB,
        unit: "MB",
      },
    ],
    notes: [
      `${CONNECTIONS} connections that send one after the other, ${seconds} s each, without limits per address.`,
    ],
    data: results.map(({ name, sent: { millis, ...rest } }) => ({
      name,
      ...rest,
      p99: percentileOf(millis, 99),
    })),
  };
}
