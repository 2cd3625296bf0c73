import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Target } from "../report.ts";
import { readDiskUsage } from "../stack/disk-usage.ts";
import { readMemory } from "../stack/process-usage.ts";
import { environmentOf, receiversAt } from "./candidates.ts";
import { runNode } from "./child.ts";
import type { ServiceCandidate } from "./http-candidates.ts";
import { type Peer, prepareWorkbench, type Workbench } from "./install.ts";
import { type Quartiles, quartilesOf, showQuartiles } from "./quartiles.ts";
import { startService } from "./service.ts";
import { type Sink, withSink } from "./sink.ts";

const FULL = { starts: 30, settleMillis: 5_000, services: 7 };
const QUICK = { starts: 9, settleMillis: 2_000, services: 3 };
const MEGABYTE = 1_000_000;
const START_TIMEOUT_MILLIS = 60_000;

type Candidate = ServiceCandidate & { readonly folder?: Peer | "ours" };

const BARE = "Node alone";
const OURS = "@sightline/node";
const CANDIDATES: readonly Candidate[] = [
  { name: BARE },
  { name: OURS, module: "peers/ours/register.mjs", folder: "ours" },
  {
    name: "@opentelemetry/sdk-node 0.301 alone",
    module: "peers/sdk-node/register.mjs",
    folder: "sdk-node",
  },
  {
    name: "OpenTelemetry auto-instrumentations 0.82",
    module: "peers/otel-auto/register.mjs",
    folder: "otel-auto",
  },
  { name: "@sentry/node 11.12, tracing", module: "peers/sentry/tracing.mjs", folder: "sentry" },
  { name: "dd-trace 6.21", module: "peers/dd-trace/register.mjs", folder: "dd-trace" },
];

type Start = { readonly millis: number; readonly cpuMillis: number };

export async function measureFootprint(context: PartContext): Promise<Section> {
  const size = context.isQuick ? QUICK : FULL;
  const workbench = prepareWorkbench(context);
  return withSink(workbench, {}, async (sink) => {
    const starts = await measureStarts(context, workbench, sink, size.starts);
    const memory = await measureMemory(context, workbench, sink, size);
    return describe(starts, memory, readInstalls(workbench), size);
  });
}

/** Each once a round: how long after the birth of the process the first line of the service runs. */
async function measureStarts(
  { note }: PartContext,
  workbench: Workbench,
  sink: Sink,
  rounds: number,
): Promise<Map<string, Start[]>> {
  const starts = new Map<string, Start[]>(CANDIDATES.map(({ name }) => [name, []]));
  const receivers = receiversAt(sink.port);
  for (let round = 0; round < rounds; round += 1) {
    note(`footprint: start ${round + 1} of ${rounds}`);
    for (const { name, module, env } of round % 2 === 0 ? CANDIDATES : CANDIDATES.toReversed()) {
      const data = mkdtempSync(join(tmpdir(), "sightline-bench-"));
      const imports = module === undefined ? [] : ["--import", join(workbench.folder, module)];
      const ended = await runNode([...imports, workbench.program("started.mjs")], {
        env: {
          ...environmentOf(receivers, { service: "started", data }),
          SENTRY_TEST_DSN: receivers.sentryDsn,
          DD_TRACE_AGENT_URL: receivers.otlpUrl,
          ...env,
        },
        timeoutMillis: START_TIMEOUT_MILLIS,
      });
      rmSync(data, { recursive: true, force: true });
      const line = ended.stdout.split("\n").find((text) => text.startsWith('{"millis"'));
      if (line === undefined)
        throw new Error(`${name} did not start:\n${ended.stderr.slice(-2_000)}`);
      starts.get(name)?.push(JSON.parse(line) as Start);
    }
  }
  return starts;
}

/** The hello world with each, one after the other; nobody asks it anything. */
async function measureMemory(
  { note }: PartContext,
  workbench: Workbench,
  sink: Sink,
  { services, settleMillis }: typeof FULL,
): Promise<Map<string, number[]>> {
  const memory = new Map<string, number[]>(CANDIDATES.map(({ name }) => [name, []]));
  for (let round = 0; round < services; round += 1) {
    note(`footprint: memory, round ${round + 1} of ${services}`);
    for (const candidate of CANDIDATES) {
      const service = await startService(workbench, {
        candidate,
        main: workbench.program("hello.mjs"),
        sinkPort: sink.port,
        service: "memory",
      });
      await delay(settleMillis);
      memory.get(candidate.name)?.push(readMemory(service.pid).rss / MEGABYTE);
      await service.end();
    }
  }
  return memory;
}

type Install = { readonly megabytes: number; readonly packages: number };

function readInstalls(workbench: Workbench): Map<string, Install> {
  return new Map(
    CANDIDATES.flatMap(({ name, folder }): [string, Install][] => {
      if (folder === undefined) return [];
      const modules = join(workbench.peer(folder), "node_modules");
      const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as {
        packages: Record<string, unknown>;
      };
      const packages = Object.keys(lock.packages).length;
      return [[name, { megabytes: readDiskUsage(modules) / MEGABYTE, packages }]];
    }),
  );
}

function describe(
  starts: ReadonlyMap<string, readonly Start[]>,
  memory: ReadonlyMap<string, readonly number[]>,
  installs: ReadonlyMap<string, Install>,
  size: typeof FULL,
): Section {
  const added = (name: string, field: keyof Start): Quartiles =>
    quartilesOf(
      (starts.get(name) ?? []).map(
        (start, round) => start[field] - (starts.get(BARE)?.[round]?.[field] ?? Number.NaN),
      ),
    );
  const rows = CANDIDATES.map(({ name }) => {
    const isBare = name === BARE;
    const memoryAdded = quartilesOf(
      (memory.get(name) ?? []).map(
        (megabytes, round) => megabytes - (isBare ? 0 : (memory.get(BARE)?.[round] ?? Number.NaN)),
      ),
    );
    return {
      name,
      isBare,
      millis: isBare
        ? quartilesOf((starts.get(name) ?? []).map(({ millis }) => millis))
        : added(name, "millis"),
      cpuMillis: isBare
        ? quartilesOf((starts.get(name) ?? []).map(({ cpuMillis }) => cpuMillis))
        : added(name, "cpuMillis"),
      memory: memoryAdded,
      install: installs.get(name),
    };
  });
  const figures = [
    ["start-up time", (row: (typeof rows)[number]) => row.millis.median],
    ["memory", (row: (typeof rows)[number]) => row.memory.median],
    ["install size", (row: (typeof rows)[number]) => row.install?.megabytes],
    ["packages", (row: (typeof rows)[number]) => row.install?.packages],
  ] as const;
  const ours = rows.find(({ name }) => name === OURS);
  return {
    part: "footprint",
    title: "What it takes to be there",
    tables: [
      {
        columns: [
          "candidate",
          "added until the first line of the service, ms",
          "processor time of that, ms",
          "memory added to hello world (RSS), MB",
          "installed, MB",
          "packages",
        ],
        rows: rows.map(({ name, isBare, millis, cpuMillis, memory: used, install }) => {
          const sign = isBare ? "" : "+";
          return [
            name,
            sign + showQuartiles(millis),
            sign + showQuartiles(cpuMillis),
            sign + showQuartiles(used),
            install === undefined ? "–" : formatFigure(install.megabytes),
            install === undefined ? "–" : String(install.packages),
          ];
        }),
      },
    ],
    targets: figures.map(([name, read]): Target => {
      const others = rows
        .filter((row) => !row.isBare && row.name !== OURS)
        .map((row) => read(row) ?? Number.NaN);
      const own = ours === undefined ? Number.NaN : (read(ours) ?? Number.NaN);
      return {
        name: `${name}, beside the lowest of the others`,
        value: own / Math.min(...others),
        limit: 1,
        unit: "times",
      };
    }),
    notes: [
      `${size.starts} starts of each, in turn there and back, against Node alone in the same round; memory of the hello world ${size.settleMillis / 1_000} s after it listens, ${size.services} times. Installed is what \`npm ci\` without development packages leaves on disk, in whole blocks; of @sightline/node it is the packed tarballs.`,
    ],
    data: {
      size,
      starts: Object.fromEntries(starts),
      memory: Object.fromEntries(memory),
      installs: Object.fromEntries(installs),
    },
  };
}
