import type { Context } from "../context.ts";
import { cleanLine } from "../report/clean-text.ts";
import { renderTable } from "../report/style.ts";
import { isDue } from "./apply.ts";
import type { FileAction, PlannedFile } from "./decide.ts";
import type { InitPlan } from "./init-plan.ts";

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
    cleanLine(name),
    kind,
    [language, framework].filter((word) => word !== undefined).join(", "),
    paint("dim", cleanLine(evidence.join(", "))),
  ]);
  const lines = [`found in ${root}`];
  lines.push(
    rows.length === 0
      ? "  no Compose file and no service; sightline.yaml has an example"
      : renderTable(rows),
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
  const { files, secrets } = plan;
  const kept = files.filter(({ action }) => action === "keep");
  const keptLines = kept.map(({ path, why }) => `  ! ${path}   ${why}\n`).join("");
  if (!isDue(plan)) {
    const count = files.length - kept.length;
    return `${keptLines}nothing to do: ${count} files are as they should be\n`;
  }
  const rows = group(files).map(({ sign, path, why }) => [sign, path, paint("dim", why)]);
  if (secrets) {
    const sign = secrets.isThere ? SIGNS.same : SIGNS.create;
    rows.push([
      sign,
      secrets.folder,
      paint("dim", "Grafana's password and key, for this user alone"),
    ]);
  }
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
