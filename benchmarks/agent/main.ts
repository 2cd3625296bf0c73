// lines lost and doubled by fault, rate, latency, idle cost and crash loops of the agent
import { runBenchmark } from "../run.ts";
import { measureCrashLoop } from "./crash-loop.ts";
import { measureFaults } from "./faults.ts";
import { measureIdle } from "./idle.ts";
import { measureLatency } from "./latency.ts";
import { measureRate } from "./rate.ts";

/** In the order in which they run: what needs a quiet machine most comes first. */
const PARTS = {
  rate: { about: "processor and memory at 1,000 lines/s, highest rate", run: measureRate },
  latency: { about: "line printed → line readable", run: measureLatency },
  idle: { about: "processor and memory with 500 idle containers", run: measureIdle },
  "crash-loop": { about: "containers that keep dying: every run accounted", run: measureCrashLoop },
  faults: { about: "lines lost and doubled by fault; most of the time", run: measureFaults },
};

process.exitCode = await runBenchmark(
  { name: "agent", quick: "fewer lives, shorter windows; about 7 minutes", parts: PARTS },
  process.argv.slice(2),
);
