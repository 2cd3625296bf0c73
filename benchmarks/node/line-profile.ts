import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  environmentOf,
  LINE_CANDIDATES,
  moduleOf,
  OURS_WINSTON,
  receiversAt,
} from "./candidates.ts";
import { runNode } from "./child.ts";
import type { Workbench } from "./install.ts";
import type { Sink } from "./sink.ts";

/** What a profile of V8 holds, as far as it is read. */
type Profile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

type Share = { readonly name: string; readonly micros: number };

/** First match counts. A frame that none of them knows belongs to who called it. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/@sightline\/core\/dist\/redaction/, "redaction"],
  [/@sightline\/(?:core\/dist\/ring|node\/dist\/recorder)/, "crash ring"],
  [/@sightline\/wire\/dist\/lines\/(?:encode|protobuf)/, "encoding as OTLP"],
  [/@sightline\/wire\/dist\/lines/, "queue and batch"],
  [/@sightline\/wire/, "sending: compression, HTTP, spool"],
  [/@sightline\/node\/dist\/(?:winston|pino|console)/, "capture from the logger"],
  [/@sightline\/core\/dist\/fingerprint/, "fingerprints"],
  [/@sightline\/(?:node\/dist\/logs|core)/, "the line as a record: fields, limits, severity"],
  [
    /@sightline\/node\/dist\/(?:runtime|metrics|delivery-metrics|lifecycle)/,
    "metrics and watching the process",
  ],
  [/@sightline\/node/, "the rest of @sightline/node"],
  [/@opentelemetry/, "OpenTelemetry's SDK"],
  [
    /(?:winston|logform|readable-stream|triple-beam|safe-stable-stringify|@colors|async)\//,
    "winston itself",
  ],
  [/programs\/line\.mjs/, "the measuring program"],
];
const GARBAGE = "(garbage collector)";
const NOT_RUNNING = new Set(["(idle)"]);
const UNKNOWN = "Node itself: timers, sockets, libuv";

const chunks = new Map<string, readonly { readonly line: number; readonly module: string }[]>();

/**
 * The module that a frame was written in. The packed package is a bundle; esbuild puts a comment with
 * the path before each module in it.
 */
function moduleOfFrame(url: string, lineNumber: number): string {
  if (!url.includes("@sightline/")) return url;
  const modules = chunks.get(url) ?? readModules(url);
  chunks.set(url, modules);
  return modules.findLast(({ line }) => line <= lineNumber)?.module ?? url;
}

function readModules(url: string): { line: number; module: string }[] {
  const folders: readonly (readonly [RegExp, string])[] = [
    [/^\.\.\/(core|wire)\//, "@sightline/$1/"],
    [/^dist\//, "@sightline/node/dist/"],
  ];
  return readFileSync(fileURLToPath(url), "utf8")
    .split("\n")
    .flatMap((text, line) => {
      const path = /^\/\/ (\S+\.m?js)$/.exec(text)?.[1];
      if (path === undefined) return [];
      const module = folders.reduce((name, [from, to]) => name.replace(from, to), path);
      return [{ line, module }];
    });
}

const RUNS = 3;

/**
 * Runs with V8's sampling profiler on: time per line by the part that spent it. The profiler takes
 * samples by the wall clock, so each part's lowest of three counts: no other process was in its way.
 */
export async function breakDown(
  workbench: Workbench,
  sink: Sink,
  size: { readonly warmUpLines: number; readonly lines: number },
): Promise<readonly Share[]> {
  const lowest = new Map<string, number>();
  for (let run = 0; run < RUNS; run += 1) {
    for (const { name, micros } of await profileOnce(workbench, sink, size)) {
      lowest.set(name, Math.min(micros, lowest.get(name) ?? Number.POSITIVE_INFINITY));
    }
  }
  return [...lowest]
    .map(([name, micros]) => ({ name, micros }))
    .toSorted((left, right) => right.micros - left.micros);
}

async function profileOnce(
  workbench: Workbench,
  sink: Sink,
  { warmUpLines, lines }: { readonly warmUpLines: number; readonly lines: number },
): Promise<readonly Share[]> {
  const candidate = LINE_CANDIDATES.find(({ name }) => name === OURS_WINSTON);
  if (candidate === undefined) throw new Error(`no candidate "${OURS_WINSTON}"`);
  const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
  const receivers = receiversAt(sink.port);
  const profile = join(data, "line.cpuprofile");
  const options = { warmUpLines, lines, perTurn: 50, turnMillis: 4, run: "profiled", profile };
  const ended = await runNode(
    [workbench.program("line.mjs"), moduleOf(workbench, candidate), JSON.stringify(options)],
    { env: environmentOf(receivers, { service: "profiled", data }), timeoutMillis: 60_000 },
  );
  if (!ended.stdout.startsWith("{")) throw new Error(`the profiled run failed:\n${ended.stderr}`);
  const shares = sumUp(JSON.parse(readFileSync(profile, "utf8")) as Profile, lines);
  rmSync(data, { recursive: true, force: true });
  return shares;
}

/** Self time of every frame, given to the nearest frame above it that a part knows. */
function sumUp({ nodes, samples, timeDeltas }: Profile, lines: number): readonly Share[] {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const partOf = (id: number | undefined): string | undefined => {
    const frame = id === undefined ? undefined : byId.get(id)?.callFrame;
    if (frame === undefined) return UNKNOWN;
    if (NOT_RUNNING.has(frame.functionName)) return undefined;
    if (frame.functionName === GARBAGE) return "garbage collection";
    const module = moduleOfFrame(frame.url, frame.lineNumber);
    const known = PARTS.find(([pattern]) => pattern.test(module));
    return known?.[1] ?? partOf(parents.get(id as number));
  };
  const cache = new Map(nodes.map(({ id }) => [id, partOf(id)]));
  const micros = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = cache.get(id);
    if (part !== undefined) micros.set(part, (micros.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return [...micros].map(([name, total]) => ({ name, micros: total / lines }));
}
