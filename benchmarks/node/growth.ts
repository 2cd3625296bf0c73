import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { BARE, SERVICE_CANDIDATES, type ServiceCandidate } from "./http-candidates.ts";
import { prepareWorkbench, type Workbench } from "./install.ts";
import { formatRequest, type Load, startLoad } from "./load.ts";
import { startService } from "./service.ts";
import { type Sink, withSink } from "./sink.ts";

const FULL = { requests: 1_000_000, points: 10 };
const QUICK = { requests: 100_000, points: 10 };
const CONNECTIONS = 16;
const MEGABYTE = 1_000_000;
/** Points that count as warming up: caches fill, code is compiled. */
const WARM_POINTS = 3;
const MAX_GROWTH_MEGABYTES = 1;

type Point = { readonly requests: number; readonly heap: number; readonly rss: number };
type Grown = { readonly name: string; readonly points: readonly Point[] };

export async function measureGrowth(context: PartContext): Promise<Section> {
  const size = context.isQuick ? QUICK : FULL;
  const workbench = prepareWorkbench(context);
  const candidates = SERVICE_CANDIDATES.filter(
    ({ name, ours }) => name === BARE || ours === "traces",
  );
  return withSink(workbench, {}, async (sink) => {
    const load = await startLoad(workbench, availableParallelism() - 1);
    try {
      const grown: Grown[] = [];
      for (const candidate of candidates) {
        context.note(`growth: ${candidate.name}, ${size.requests} requests`);
        grown.push(await grow(workbench, sink, load, candidate, size));
      }
      return describe(grown, size);
    } finally {
      load.end();
    }
  });
}

async function grow(
  workbench: Workbench,
  sink: Sink,
  load: Load,
  candidate: ServiceCandidate,
  { requests, points }: typeof FULL,
): Promise<Grown> {
  const service = await startService(workbench, {
    candidate,
    main: workbench.program("hello.mjs"),
    sinkPort: sink.port,
    service: "growth",
    flags: ["--expose-gc"],
    hasIpc: true,
  });
  try {
    const order = {
      port: service.port,
      requests: [formatRequest("GET", "/")],
      connections: CONNECTIONS,
      count: requests / points,
    };
    const measured: Point[] = [];
    for (let point = 1; point <= points; point += 1) {
      await load.run(order);
      const { heap, rss } = await askHeap(service.running.child);
      measured.push({ requests: (point * requests) / points, heap, rss });
    }
    return { name: candidate.name, points: measured };
  } finally {
    await service.end();
  }
}

function askHeap(child: ChildProcess): Promise<{ heap: number; rss: number }> {
  const answer = new Promise<{ heap: number; rss: number }>((resolve, reject) => {
    child.once("message", (message) => resolve(message as { heap: number; rss: number }));
    child.once("exit", () => reject(new Error("the server ended while it was measured")));
  });
  child.send("heap");
  return answer;
}

/** Bytes per request by least squares. */
function slopeOf(points: readonly Point[]): number {
  const mean = (read: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + read(point), 0) / points.length;
  const [x, y] = [mean((point) => point.requests), mean((point) => point.heap)];
  const over = points.reduce((sum, point) => sum + (point.requests - x) * (point.heap - y), 0);
  const under = points.reduce((sum, point) => sum + (point.requests - x) ** 2, 0);
  return over / under;
}

function describe(grown: readonly Grown[], { requests }: typeof FULL): Section {
  const rows = grown.map(({ name, points }) => {
    const settled = points.slice(WARM_POINTS - 1);
    const slope = slopeOf(settled);
    return { name, points, slope, growth: slope * requests };
  });
  const ours = rows.find(({ name }) => name !== BARE);
  return {
    part: "growth",
    title: `Heap over ${requests} requests`,
    tables: [
      {
        columns: ["heap after collection, MB, at", ...rows.map(({ name }) => name)],
        rows: (rows[0]?.points ?? []).map(({ requests: at }, index) => [
          `${at} requests`,
          ...rows.map(({ points }) => formatFigure((points[index]?.heap ?? Number.NaN) / MEGABYTE)),
        ]),
      },
      {
        columns: ["", ...rows.map(({ name }) => name)],
        rows: [
          ["slope, bytes per request", ...rows.map(({ slope }) => formatFigure(slope))],
          [
            "resident memory at the end, MB",
            ...rows.map(({ points }) =>
              formatFigure((points.at(-1)?.rss ?? Number.NaN) / MEGABYTE),
            ),
          ],
        ],
      },
    ],
    targets: [
      {
        name: `growth of the heap, @sightline/node, by its slope over ${requests} requests`,
        value: (ours?.growth ?? Number.NaN) / MEGABYTE,
        limit: MAX_GROWTH_MEGABYTES,
        unit: "MB",
      },
    ],
    notes: [
      `The heap is read after two collections, ten times; the slope is that of a straight line through the points from the third on, after caches have filled and code is compiled.`,
    ],
    data: { grown },
  };
}
