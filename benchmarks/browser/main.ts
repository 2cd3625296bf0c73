// size of the page's script beside its peers, and what 100 console lines a second cost the page
import { runBenchmark } from "../run.ts";
import { measurePageCost } from "./page-cost.ts";
import { measureSizes } from "./sizes.ts";

/** In the order in which they run. */
const PARTS = {
  sizes: { about: "bundles beside Faro, Sentry, Datadog, OpenTelemetry", run: measureSizes },
  "page-cost": {
    about: "100 console lines a second: main thread, long tasks",
    run: measurePageCost,
  },
};

process.exitCode = await runBenchmark(
  { name: "browser", quick: "fewer rounds, shorter windows; about 4 minutes", parts: PARTS },
  process.argv.slice(2),
);
