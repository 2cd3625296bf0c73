// beacons per second on one core, answers' p99, memory, refusals per second of the gateway, stacks
import { runBenchmark } from "../run.ts";
import { measureRate } from "./rate.ts";
import { measureRefusals } from "./refusals.ts";
import { measureSourceMaps } from "./source-maps.ts";

const PARTS = {
  rate: { about: "beacons per second on one core, p99 of the answers, memory", run: measureRate },
  refusals: { about: "requests per second that are refused, and memory", run: measureRefusals },
  "source-maps": { about: "a 30-frame stack against a large source map", run: measureSourceMaps },
};

process.exitCode = await runBenchmark(
  { name: "gateway", quick: "4 s each in place of 20; about 2 minutes", parts: PARTS },
  process.argv.slice(2),
);
