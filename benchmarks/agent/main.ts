// lines lost and doubled by fault, rate, latency, idle cost and crash loops of the agent
import { runBenchmark } from "../run.ts";
import { measureFaults } from "./faults.ts";

const PARTS = {
  faults: { about: "lines lost and doubled by fault, beside filelog", run: measureFaults },
};

process.exitCode = await runBenchmark(
  { name: "agent", quick: "fewer lives, shorter windows; about 4 minutes", parts: PARTS },
  process.argv.slice(2),
);
