import { EXIT } from "@sightline/core";
import { type Grafana, startGrafana } from "../../test/harness/grafana/grafana.ts";
import { atExit } from "../at-exit.ts";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section, type Table } from "../report.ts";
import { summarize } from "../statistics.ts";
import {
  GCX_BURST,
  GCX_REQUESTS_PER_SECOND,
  gcxRequests,
  type PeerRequests,
  RULES_A_GROUP,
  terraformRequests,
} from "./peers.ts";
import { type BenchProject, createProject, DASHBOARDS, RULES } from "./project.ts";
import { type CliRun, expectCode, runCli } from "./run-cli.ts";

const VERSIONS = ["11.6.0", "12.4.0", "13.2.0"];
/** Since 12.0 a list gives whole dashboards, of which one page holds 500. */
const FIRST_WITH_LISTS = "12";
const PAGE = 500;

interface Step {
  readonly seconds: readonly number[];
  readonly requests: number;
  readonly writes: number;
}

interface Measured {
  readonly version: string;
  readonly create: Step;
  readonly plan: Step;
  readonly unchanged: Step;
  readonly oneRule: Step;
}

/** The real CLI against a stand-in of Grafana on this machine, which counts what arrives. */
export async function measurePlan({ root, isQuick, note }: PartContext): Promise<Section> {
  const measured: Measured[] = [];
  for (const version of isQuick ? ["12.4.0"] : VERSIONS) {
    note(`plan: Grafana ${version}`);
    measured.push(await measureVersion(root, version, isQuick ? 3 : 9));
  }
  const newer = measured.filter(({ version }) => version >= FIRST_WITH_LISTS);
  const worst = (read: (one: Measured) => number): number => Math.max(...newer.map(read));
  // Boards of ours are there too, so 500 of the project need a second page.
  const pages = Math.ceil((DASHBOARDS + 1) / PAGE);
  return {
    part: "plan",
    title: `plan and apply of ${RULES} rules and ${DASHBOARDS} dashboards`,
    tables: [timeTable(measured), requestTable(measured)],
    targets: [
      {
        name: "requests of a plan without changes, pages of dashboards apart",
        value: worst(({ plan }) => plan.requests - pages),
        limit: 12,
        unit: "requests",
      },
      {
        name: "plan without changes, median",
        value: worst(({ plan }) => summarize(plan.seconds).p50),
        limit: 2,
        unit: "s",
      },
      {
        name: "writes of an apply without changes",
        value: Math.max(...measured.map(({ unchanged }) => unchanged.writes)),
        limit: 0,
        unit: "writes",
      },
      {
        name: "writes of an apply of one change",
        value: Math.max(...measured.map(({ oneRule }) => oneRule.writes)),
        limit: 1,
        unit: "writes",
      },
    ],
    notes: [
      "Seconds are of the whole command, start of Node included, on one machine with the stand-in. " +
        "Before 12.0 Grafana has no list of whole dashboards, so each one of ours is read.",
      `Requests of the others are computed from their sources, not measured: Terraform's provider at 3f9621f with ${RULES_A_GROUP} rules a group, ` +
        "gcx at d7c3d5c6. Terraform needs its state file too. gcx has no plan, writes every object each time, and limits itself, so that a push takes at least " +
        `${formatFigure((gcxRequests().unchanged.requests - GCX_BURST) / GCX_REQUESTS_PER_SECOND)} s. A write of a rule can reset its alert's state.`,
    ],
    data: { measured, terraform: terraformRequests(), gcx: gcxRequests() },
  };
}

async function measureVersion(root: string, version: string, rounds: number): Promise<Measured> {
  const grafana = await startGrafana({ version });
  const close = atExit(() => grafana.close());
  const project = createProject(grafana.url);
  const step = stepOf(root, grafana, project);
  const create = await step(["apply", "--yes"], 1, EXIT.ok);
  const plan = await step(["plan"], rounds, EXIT.ok);
  const unchanged = await step(["apply", "--yes"], rounds, EXIT.ok);
  project.changeOne();
  const oneRule = await step(["apply", "--yes"], 1, EXIT.ok);
  await project.remove();
  await close();
  return { version, create, plan, unchanged, oneRule };
}

function stepOf(root: string, grafana: Grafana, { file }: BenchProject) {
  const env = {
    GRAFANA_TOKEN: grafana.token,
    SLACK_WEBHOOK_URL: "https://hooks.slack.example/services/T/B/x",
  };
  return async (args: readonly string[], rounds: number, code: number): Promise<Step> => {
    const runs: CliRun[] = [];
    for (let round = 0; round < rounds; round += 1) {
      grafana.clearRequests();
      runs.push(await expectCode(runCli(root, [...args, "--file", file], env), code));
    }
    return {
      seconds: runs.map(({ seconds }) => seconds),
      requests: grafana.requests.length,
      writes: grafana.writes().length,
    };
  };
}

function timeTable(measured: readonly Measured[]): Table {
  const median = ({ seconds }: Step): string => formatFigure(summarize(seconds).p50);
  return {
    columns: [
      "median, s",
      "create all",
      "plan without changes",
      "apply without changes",
      "apply one change",
    ],
    rows: measured.map(({ version, create, plan, unchanged, oneRule }) => [
      `Grafana ${version}`,
      ...[create, plan, unchanged, oneRule].map(median),
    ]),
  };
}

function requestTable(measured: readonly Measured[]): Table {
  const both = ({ requests, writes }: { requests: number; writes: number }): string =>
    `${requests}, ${writes}`;
  const peer = ({ name, plan, unchanged, oneRule }: PeerRequests): readonly string[] => [
    `${name} (computed)`,
    plan === undefined ? "has none" : String(plan),
    both(unchanged),
    both(oneRule),
  ];
  return {
    columns: [
      "requests, writes among them",
      "plan without changes",
      "apply without changes",
      "apply one change",
    ],
    rows: [
      ...measured.map(({ version, plan, unchanged, oneRule }) => [
        `Sightline, Grafana ${version}`,
        String(plan.requests),
        both(unchanged),
        both(oneRule),
      ]),
      peer(terraformRequests()),
      peer(gcxRequests()),
    ],
  };
}
