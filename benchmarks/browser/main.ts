// size of the page's script beside its peers, what 100 console lines a second cost the page, lines lost by kills
import { runBenchmark } from "../run.ts";
import { measureLoss } from "./loss.ts";
import { measurePageCost } from "./page-cost.ts";
import { measureSizes } from "./sizes.ts";
import { measureWriteWindow } from "./write-window.ts";

/** In the order in which they run. */
const PARTS = {
  sizes: { about: "bundles beside Faro, Sentry, Datadog, OpenTelemetry", run: measureSizes },
  "page-cost": {
    about: "100 console lines a second: main thread, long tasks",
    run: measurePageCost,
  },
  "write-window": { about: "a line captured → in the page's store", run: measureWriteWindow },
  loss: { about: "100 kills of tab, browser, gateway, collector", run: measureLoss },
};

process.exitCode = await runBenchmark(
  { name: "browser", quick: "fewer rounds, shorter windows; about 10 minutes", parts: PARTS },
  process.argv.slice(2),
);
