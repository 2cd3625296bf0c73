// memory and processor when idle, line → readable, disk per 100,000 lines, time of `npm run up`
import { runBenchmark } from "../run.ts";
import { measureCold } from "./cold.ts";
import { measureDisk } from "./disk.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { measureUpTime } from "./up-time.ts";

/** In the order in which they run: what needs a quiet machine most comes first. */
const PARTS = {
  memory: { about: "resident memory and processor of the idle servers", run: measureMemory },
  latency: { about: "line printed → line readable, beside winston-loki", run: measureLatency },
  disk: { about: "disk per 100,000 lines", run: measureDisk },
  "up-time": { about: "`npm run up` where everything is built", run: measureUpTime },
  cold: {
    about: "`npm run up` from a fresh clone with empty caches; 10 to 20 minutes",
    run: measureCold,
    isLong: true,
  },
};

process.exitCode = await runBenchmark(
  { name: "stack", quick: "shorter windows, fewer lines, nothing cold", parts: PARTS },
  process.argv.slice(2),
);
