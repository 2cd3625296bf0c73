// build, plan and apply of 500 dashboards and 500 rules: time, requests and writes
import { runBenchmark } from "../run.ts";
import { measureBuild } from "./build.ts";
import { measureDelivery } from "./delivery.ts";
import { measurePlan } from "./plan.ts";
import { measureRuleTests } from "./rule-tests.ts";

const PARTS = {
  build: { about: "sightline.yaml → files", run: measureBuild },
  plan: {
    about: "plan and apply against a stand-in of Grafana: time, requests, writes",
    run: measurePlan,
  },
  "rule-tests": { about: "a hundred unit tests of rules", run: measureRuleTests },
  delivery: {
    about: "line → message, through rulers and Alertmanager; three minutes",
    run: measureDelivery,
  },
};

process.exitCode = await runBenchmark(
  { name: "provision", quick: "three rounds in place of nine; under a minute", parts: PARTS },
  process.argv.slice(2),
);
