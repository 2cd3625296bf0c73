// what @sightline/node costs and keeps, beside winston-loki, pino-loki, OpenTelemetry, Sentry, dd-trace
import { runBenchmark } from "../run.ts";
import { measureFootprint } from "./footprint.ts";
import { measureHttp } from "./http.ts";
import { measureLine } from "./line.ts";

const PARTS = {
  footprint: {
    about: "start-up time, memory, install size and packages, beside others",
    run: measureFootprint,
  },
  http: {
    about: "requests/s and processor time per request of a service, beside others",
    run: measureHttp,
  },
  line: {
    about: "processor time of a line, beside others; what survives a SIGKILL",
    run: measureLine,
  },
};

process.exitCode = await runBenchmark(
  { name: "node", quick: "fewer rounds and lines, shorter outages", parts: PARTS },
  process.argv.slice(2),
);
