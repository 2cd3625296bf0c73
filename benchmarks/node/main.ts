// what @sightline/node costs and keeps, beside winston-loki, pino-loki, OpenTelemetry, Sentry, dd-trace
import { runBenchmark } from "../run.ts";
import { measureDeaths } from "./deaths.ts";
import { measureFootprint } from "./footprint.ts";
import { measureGrowth } from "./growth.ts";
import { measureHttp } from "./http.ts";
import { measureLine } from "./line.ts";
import { measureOutage } from "./outage.ts";

/** In the order in which they run: what needs a quiet machine most comes first. */
const PARTS = {
  line: { about: "processor time of a line; what survives a SIGKILL", run: measureLine },
  http: { about: "requests/s and processor time per request of a service", run: measureHttp },
  footprint: { about: "start-up time, memory, install size, packages", run: measureFootprint },
  growth: { about: "heap over a million requests", run: measureGrowth },
  outage: { about: "lines lost, memory and disk while no receiver takes them", run: measureOutage },
  deaths: { about: "lines that survive nine ways to die, and the verdict", run: measureDeaths },
};

process.exitCode = await runBenchmark(
  {
    name: "node",
    quick: "fewer rounds, lines, requests and lives, outages of 30 s",
    parts: PARTS,
  },
  process.argv.slice(2),
);
