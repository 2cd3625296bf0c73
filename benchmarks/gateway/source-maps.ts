import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNode } from "../node/child.ts";
import { cacheFolder, install } from "../node/install.ts";
import { type Quartiles, quartilesOf, showQuartiles } from "../node/quartiles.ts";
import type { PartContext } from "../part.ts";
import type { Section, Target } from "../report.ts";
import { generateMap } from "./generated-map.ts";

const SEGMENTS = 350_000;
const FRAMES = 30;
const SERVICE = "shop-web";
const DEBUG_ID = "0f0e1ddc-3b3a-5c5d-9a49-111111111111";
const ROUNDS = { full: 21, quick: 5 };
const TIMEOUT_MILLIS = 120_000;
const MAX_COLD_MILLIS = 60;
const MAX_WARM_MILLIS = 1;
const MAX_MEMORY_MEGABYTES = 60;

const OURS = "@sightline/source-maps, in its thread";
const CANDIDATES = [
  { name: OURS, reader: "thread" },
  { name: "@jridgewell/trace-mapping 0.3.31", reader: "trace-mapping" },
  { name: "source-map-js 1.2.1", reader: "source-map-js" },
  { name: "source-map 0.7.6 (WebAssembly)", reader: "source-map" },
] as const;

interface Run {
  readonly coldMillis: number;
  readonly warmMillis: number;
  readonly memoryBytes: number;
  readonly places: readonly string[];
}

/** A stack of 30 frames against a large map: each time a fresh process, each candidate once a round. */
export async function measureSourceMaps(context: PartContext): Promise<Section> {
  const { root, isQuick, note } = context;
  const bench = join(cacheFolder(), "sightline/bench/gateway/source-maps");
  install(join(root, "benchmarks/gateway/peers/source-maps"), bench, note);
  const folder = mkdtempSync(join(tmpdir(), "sightline-bench-maps-"));
  try {
    const map = generateMap(SEGMENTS);
    mkdirSync(join(folder, SERVICE));
    writeFileSync(join(folder, SERVICE, `${DEBUG_ID}.map`), map.text);
    const frames = Array.from({ length: FRAMES }, (_, index) => ({
      line: 1,
      column: 1 + Math.floor((index * map.columns) / FRAMES),
      debugId: DEBUG_ID,
    }));
    const framesFile = join(folder, "frames.json");
    writeFileSync(framesFile, JSON.stringify({ service: SERVICE, debugId: DEBUG_ID, frames }));
    const runs = await runRounds(isQuick ? ROUNDS.quick : ROUNDS.full, note, (reader) =>
      measureOne(root, bench, reader, folder, framesFile),
    );
    return describe(runs, map.text.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runRounds(
  rounds: number,
  note: PartContext["note"],
  measure: (reader: string) => Promise<Run>,
): Promise<ReadonlyMap<string, readonly Run[]>> {
  const runs = new Map<string, Run[]>(CANDIDATES.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    note(`source-maps: round ${round + 1} of ${rounds}`);
    for (const { name, reader } of round % 2 === 0 ? CANDIDATES : CANDIDATES.toReversed()) {
      runs.get(name)?.push(await measure(reader));
    }
  }
  const places = new Set([...runs.values()].flat().map((run) => run.places.join("\n")));
  if (places.size !== 1) throw new Error(`the readers disagree: ${[...places].join("\n\n")}`);
  return runs;
}

async function measureOne(
  root: string,
  bench: string,
  reader: string,
  folder: string,
  framesFile: string,
): Promise<Run> {
  const ours = join(root, "packages/source-maps/dist/index.js");
  const args = ["--expose-gc", join(bench, "resolve.mjs"), reader, folder, framesFile, ours];
  const ended = await runNode(args, { env: process.env, timeoutMillis: TIMEOUT_MILLIS });
  if (ended.code !== 0) throw new Error(`${reader} ended with ${ended.code}: ${ended.stderr}`);
  return JSON.parse(ended.stdout) as Run;
}

function describe(runs: ReadonlyMap<string, readonly Run[]>, mapBytes: number): Section {
  const figures = [...runs].map(([name, list]) => ({
    name,
    cold: quartilesOf(list.map(({ coldMillis }) => coldMillis)),
    warm: quartilesOf(list.map(({ warmMillis }) => warmMillis)),
    memory: quartilesOf(list.map(({ memoryBytes }) => memoryBytes / 1e6)),
  }));
  const [ours] = figures;
  const target = (name: string, figure: Quartiles, limit: number, unit: string): Target => ({
    name,
    value: figure.median,
    limit,
    unit,
  });
  return {
    part: "source-maps",
    title: `A stack of ${FRAMES} frames against a source map of ${SEGMENTS.toLocaleString("en")} segments`,
    tables: [
      {
        columns: ["reader", "cold, ms", "warm, ms", "memory, MB"],
        rows: figures.map(({ name, cold, warm, memory }) => [
          name,
          showQuartiles(cold),
          showQuartiles(warm),
          showQuartiles(memory),
        ]),
      },
    ],
    targets: ours
      ? [
          target("cold", ours.cold, MAX_COLD_MILLIS, "ms"),
          target("warm", ours.warm, MAX_WARM_MILLIS, "ms"),
          target("memory", ours.memory, MAX_MEMORY_MEGABYTES, "MB"),
        ]
      : [],
    notes: [
      `Median of ${runs.get(OURS)?.length ?? 0} fresh processes, and the middle half. Cold: the file (${(mapBytes / 1e6).toFixed(1)} MB) is read, parsed and asked for the first time; ours with the way to its thread and back, and with the names of functions, which the others do not have. Warm: the median of 50 more. Memory: growth of RSS by all of that, after a collection of garbage.`,
    ],
    data: figures,
  };
}
