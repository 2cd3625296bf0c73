import type { Context } from "../context.ts";
import { cleanLine } from "../report/clean-text.ts";
import { renderTable } from "../report/style.ts";
import { isWritten } from "./apply.ts";
import type { FileAction, PlannedFile } from "./decide.ts";
import { TOKEN_FILE } from "./files/agent-json.ts";
import { composeCommand } from "./files/compose-file.ts";
import type { InitPlan } from "./init-plan.ts";
import { OWN_COMPOSE_FILE } from "./read-project.ts";

const SIGNS: Readonly<Record<FileAction, string>> = {
  create: "+",
  update: "~",
  "update-block": "~",
  same: "=",
  keep: "!",
};
const GROUPED = [".sightline/provisioning/", ".sightline/dashboards/"];

/** What was found, and what it was taken for. */
export function renderFindings({ paint }: Context, plan: InitPlan): string {
  const { root, conclusion, notes } = plan;
  const rows = conclusion.services.map(({ name, kind, language, framework, evidence }) => [
    name,
    kind,
    [language, framework].filter((word) => word !== undefined).join(", "),
    paint("dim", evidence.join(", ")),
  ]);
  const lines = [`found in ${root}`];
  lines.push(
    rows.length === 0
      ? "  no Compose file and no service; sightline.yaml has an example"
      : renderTable(rows.map((row) => row.map(cleanLine))),
  );
  for (const split of conclusion.split) {
    const where = `${split.host ?? ""}${split.path ?? ""}`;
    if (split.service !== split.from) {
      lines.push(
        cleanLine(`  requests to ${where} in ${split.from}'s lines count for ${split.service}`),
      );
    }
  }
  lines.push(...notes.map((note) => `  ${paint("yellow", "note:")} ${cleanLine(note)}`));
  return `${lines.join("\n")}\n`;
}

/** Each file with what becomes of it; folders that share one fate in one line. */
export function renderFiles({ paint }: Context, plan: InitPlan, isDryRun: boolean): string {
  const { files } = plan;
  const kept = files.filter(({ action }) => action === "keep");
  const keptLines = kept.map(({ path, why }) => `  ! ${path}   ${why}\n`).join("");
  if (!files.some(isWritten)) {
    const count = files.length - kept.length;
    return `${keptLines}nothing to do: ${count} files are as they should be\n`;
  }
  const rows = group(files).map(({ sign, path, why }) => [sign, path, paint("dim", why)]);
  return `${isDryRun ? "would write" : "wrote"}\n${renderTable(rows)}\n`;
}

function group(files: readonly PlannedFile[]): { sign: string; path: string; why: string }[] {
  const rows = new Map<string, { sign: string; path: string; why: string; count: number }>();
  for (const { path, action, why } of files) {
    const folder = GROUPED.find((each) => path.startsWith(each)) ?? path;
    const sign = SIGNS[action];
    const key = action === "keep" ? path : `${sign} ${folder}`;
    const before = rows.get(key);
    rows.set(key, {
      sign,
      path: action === "keep" ? path : folder,
      why,
      count: (before?.count ?? 0) + 1,
    });
  }
  return [...rows.values()].map(({ sign, path, why, count }) => ({
    sign,
    path: path.endsWith("/") ? `${path} (${count} files)` : path,
    why,
  }));
}

export interface NextStep {
  readonly command: string;
  readonly why: string;
}

/** What to type now. */
export function nextSteps({ self }: Context, plan: InitPlan): NextStep[] {
  const { composeFiles, choice, conclusion } = plan;
  const cd = `${composeCommand([...composeFiles, OWN_COMPOSE_FILE])} up -d`;
  const steps: NextStep[] = [];
  if (choice.kind === "agent-only") {
    if (choice.otlpUrl.startsWith("https:")) {
      steps.push({
        command: `sudo install -o 10001 -m 0400 <file with the token> ${TOKEN_FILE}`,
        why: "the collector's token, for the agent alone",
      });
    }
    steps.push({ command: cd, why: "the agent beside your services" });
  } else if (composeFiles.length > 0) {
    steps.push({ command: cd, why: "your services, the stack and the agent" });
    steps.push({
      command: `${self} up`,
      why: "instead: the stack and the agent alone, your services as they run; not both",
    });
  } else {
    steps.push({ command: `${self} up`, why: "the stack and the agent" });
  }
  if (choice.kind === "stack") {
    steps.push({ command: `${self} logs -f`, why: "the lines of every container" });
    steps.push({ command: `${self} crashes`, why: "who died, when and why" });
  }
  for (const { name, language, framework, importsSightline, kind } of conclusion.services) {
    if (kind !== "service" || language !== "node" || importsSightline) continue;
    const install = framework === "next" ? "" : 'import "@sightline/node/register";';
    if (install) {
      steps.push({
        command: install,
        why: `first line of ${name}, after npm install @sightline/node: metrics and traces, too; then init again`,
      });
    }
  }
  return steps;
}

export function renderNext(context: Context, steps: readonly NextStep[]): string {
  const rows = steps.map(({ command, why }) => [
    context.paint("bold", cleanLine(command)),
    context.paint("dim", cleanLine(why)),
  ]);
  return `next\n${renderTable(rows)}\n`;
}
