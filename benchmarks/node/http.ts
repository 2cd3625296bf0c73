import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PartContext } from "../part.ts";
import type { Section } from "../report.ts";
import { SERVICE_CANDIDATES } from "./http-candidates.ts";
import { describeHttp, type Slice, type Slices } from "./http-report.ts";
import { prepareWorkbench, type Workbench } from "./install.ts";
import { formatRequest, type Load, startLoad } from "./load.ts";
import { type Service, startService } from "./service.ts";
import { type Sink, withSink } from "./sink.ts";

const FULL = { rounds: 15, sliceMillis: 6_000, warmUpRequests: 60_000 };
const QUICK = { rounds: 3, sliceMillis: 2_000, warmUpRequests: 10_000 };
const SERVER_CORE = 0;
const OTHER_CORE = 1;
const CONNECTIONS = 16;
const PLANNED = 2_000;
/**
 * Kinds of the board's own traffic plan. Without those that make the board grow (a candidate that
 * answers more would then have more to do), that wait for the weather, or that count words for
 * milliseconds, in which no instrumentation could be seen.
 */
const LEFT_OUT = /\/search|\/weather|\/report|\/comments$/;

export async function measureHttp(context: PartContext): Promise<Section> {
  if (availableParallelism() < 2) throw new Error("needs two cores: one for the server alone");
  const size = context.isQuick ? QUICK : FULL;
  const workbench = prepareWorkbench(context);
  const release = bindSelf(OTHER_CORE);
  try {
    return await withSink(workbench, { core: OTHER_CORE }, async (sink) => {
      const load = await startLoad(workbench, OTHER_CORE);
      try {
        const stage = { context, workbench, sink, load, size };
        const board = await measure(stage, "board", workbench.board, await planBoard(workbench));
        const hello = await measure(stage, "hello", workbench.program("hello.mjs"), [
          formatRequest("GET", "/"),
        ]);
        return describeHttp(board, hello, { ...size, connections: CONNECTIONS });
      } finally {
        load.end();
      }
    });
  } finally {
    release();
  }
}

type Stage = {
  readonly context: PartContext;
  readonly workbench: Workbench;
  readonly sink: Sink;
  readonly load: Load;
  readonly size: typeof FULL;
};

/** All servers are up at once; a slice of load goes to one after the other, there and back. */
async function measure(
  { context, workbench, sink, load, size }: Stage,
  name: string,
  main: string,
  requests: readonly string[],
): Promise<Slices> {
  const services: Service[] = [];
  const slices = new Map<string, Slice[]>(SERVICE_CANDIDATES.map((one) => [one.name, []]));
  try {
    for (const [index, candidate] of SERVICE_CANDIDATES.entries()) {
      const options = { candidate, main, sinkPort: sink.port, service: `${name}-${index}` };
      services.push(await startService(workbench, { ...options, core: SERVER_CORE }));
    }
    const order = { requests, connections: CONNECTIONS };
    // By number and not by time: whoever answered less would have less of its code compiled.
    for (const { port } of services) await load.run({ ...order, port, count: size.warmUpRequests });
    for (let round = 0; round < size.rounds; round += 1) {
      context.note(`http: ${name}, round ${round + 1} of ${size.rounds}`);
      for (const service of round % 2 === 0 ? services : services.toReversed()) {
        const before = service.cpuMicros();
        const { port } = service;
        const result = await load.run({ ...order, port, millis: size.sliceMillis });
        if (result.errors > 0)
          throw new Error(`${service.candidate.name}: ${result.errors} errors`);
        slices.get(service.candidate.name)?.push({
          rps: result.answered / result.seconds,
          cpuMicros: (service.cpuMicros() - before) / result.answered,
          p99Millis: result.p99Millis,
        });
      }
    }
    return slices;
  } finally {
    await Promise.all(services.map((service) => service.end()));
  }
}

async function planBoard({ folder }: Workbench): Promise<string[]> {
  const url = pathToFileURL(join(folder, "board/dist/traffic-plan.js")).href;
  const { planTraffic } = (await import(url)) as {
    planTraffic: (
      seed: number,
      requests: number,
    ) => {
      method: string;
      route: string;
      path: string;
      body?: object;
      expectedStatuses: number[];
    }[];
  };
  return planTraffic(1, PLANNED)
    .filter(
      ({ route, expectedStatuses }) =>
        !LEFT_OUT.test(route) && !(route === "/api/posts" && expectedStatuses.includes(201)),
    )
    .map(({ method, path, body }) => formatRequest(method, path, body));
}

/** This process reads what the servers print; it must not do so on the server's core. */
function bindSelf(core: number): () => void {
  const set = (list: string): void =>
    void execFileSync("taskset", ["-a", "-cp", list, String(process.pid)], { stdio: "ignore" });
  set(String(core));
  return () => set(`0-${availableParallelism() - 1}`);
}
