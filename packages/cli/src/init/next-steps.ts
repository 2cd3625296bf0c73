import { ENV } from "@sightline/core";
import type { Context } from "../context.ts";
import { cleanLine } from "../report/clean-text.ts";
import { renderTable } from "../report/style.ts";
import { TOKEN_FILE } from "./files/agent-json.ts";
import { composeCommand, quoteWord } from "./files/compose-file.ts";
import type { InitPlan } from "./init-plan.ts";
import { OWN_COMPOSE_FILE } from "./read-project.ts";
import { AGENT_FILE } from "./wanted-files.ts";

export interface NextStep {
  /** For a shell in the folder, or a line of code. */
  readonly command: string;
  readonly why: string;
}

/** What to do now, in this order. */
export function nextSteps(context: Context, plan: InitPlan, workingFolder: string): NextStep[] {
  const cd = { command: `cd ${quoteWord(plan.root)}`, why: "" };
  return [
    ...(plan.root === workingFolder ? [] : [cd]),
    ...userSteps(plan),
    ...(plan.choice.kind === "agent-only"
      ? agentSteps(context, plan, plan.choice.otlpUrl)
      : stackSteps(context, plan)),
    ...nodeSteps(plan),
  ];
}

function stackSteps({ self }: Context, { composeFiles, conclusion }: InitPlan): NextStep[] {
  // `up` runs an agent that knows nothing of this folder.
  const settings = conclusion.split.length > 0 ? `${ENV.agentConfig}=${AGENT_FILE} ` : "";
  const up = `${settings}${self} up`;
  const start =
    composeFiles.length === 0
      ? [{ command: up, why: "the stack and the agent" }]
      : [
          { command: composeUp(composeFiles), why: "your services, the stack and the agent" },
          {
            command: up,
            why: "or, not both: the stack and the agent; your services stay as they run",
          },
        ];
  return [
    ...start,
    { command: `${self} logs -f`, why: "the lines of every container" },
    { command: `${self} crashes`, why: "who died, when and why" },
    { command: `${self} apply`, why: "after a contact in sightline.yaml: alerts reach somebody" },
  ];
}

function agentSteps({ host }: Context, plan: InitPlan, otlpUrl: string): NextStep[] {
  const token = {
    command: `sudo install -o 10001 -m 0400 TOKEN_FILE ${TOKEN_FILE}`,
    why: "the collector's token, readable by the agent alone",
  };
  return [
    ...(otlpUrl.startsWith("https:") ? [token] : []),
    {
      command: `SIGHTLINE_HOSTS='${host}'`,
      why: "a variable of the collector over there: its lines are of this host",
    },
    { command: composeUp(plan.composeFiles), why: "the agent beside your services" },
  ];
}

function composeUp(files: readonly string[]): string {
  return `${composeCommand([...files, OWN_COMPOSE_FILE])} up -d`;
}

/** Only where it is not yet: a second one would make every user a new one. */
const MAKE_USER_SECRET = `grep -qs ${ENV.userSecret}= .env || echo ${ENV.userSecret}=$(openssl rand -hex 24) >> .env`;

function userSteps({ conclusion, composeFiles }: InitPlan): NextStep[] {
  const isWanted = conclusion.services.some(
    ({ compose, importsSightline }) => compose !== undefined && importsSightline,
  );
  if (!isWanted || composeFiles.length === 0) return [];
  return [{ command: MAKE_USER_SECRET, why: "once, to count users by identify(userId)" }];
}

function nodeSteps({ conclusion }: InitPlan): NextStep[] {
  const names = conclusion.services
    .filter(({ kind, language, importsSightline }) => {
      return kind === "service" && language === "node" && !importsSightline;
    })
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    {
      command: "npm install @sightline/node",
      why: `for metrics and traces of ${names.join(", ")}, with the next line first in its code; then init again`,
    },
    { command: 'import "@sightline/node/register";', why: "" },
  ];
}

export function renderNext({ paint }: Context, steps: readonly NextStep[]): string {
  const rows = steps.map(({ command, why }) => [
    paint("bold", cleanLine(command)),
    paint("dim", cleanLine(why)),
  ]);
  return `next\n${renderTable(rows)}\n`;
}
