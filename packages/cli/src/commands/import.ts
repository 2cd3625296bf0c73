import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import { grafanaToSpec } from "../import/grafana-to-spec.ts";
import { type ImportedSpec, mergeImported } from "../import/imported.ts";
import { parseRuleFile, type RuleGroup } from "../import/parse-rule-file.ts";
import { renderImported } from "../import/render-imported.ts";
import { rulesToSpec } from "../import/rules-to-spec.ts";
import { createGrafanaClient } from "../live/grafana/client.ts";
import { toFailure } from "../live/grafana/read-failure.ts";
import { readSnapshot } from "../live/grafana/snapshot.ts";
import { resolveSecret } from "../live/resolve-secret.ts";

export interface ImportOptions {
  /** File to write; standard output without it. Never one that is there already. */
  readonly out?: string;
  /** Variable that holds the token of a Grafana; GRAFANA_TOKEN without it. */
  readonly tokenEnv?: string;
  readonly json?: boolean;
}

const DEFAULT_TOKEN_ENV = "GRAFANA_TOKEN";

/**
 * `sightline import <source...>`: what is there already, as sightline.yaml. A source is a rule file of
 * Prometheus or Loki, or the address of a Grafana. Reads only; nothing on a server changes.
 */
export async function importCommand(
  context: Context,
  sources: readonly string[],
  options: ImportOptions,
): Promise<number> {
  const target = options.out === undefined ? undefined : resolve(options.out);
  if (target !== undefined) refuseOverwrite(context, target);
  const fromGrafana: ImportedSpec[] = [];
  for (const address of sources.filter(isAddress)) {
    fromGrafana.push(await importGrafana(context, address, options));
  }
  const fromFiles = importFiles(sources.filter((source) => !isAddress(source)));
  const imported = mergeImported([...fromGrafana, fromFiles]);
  const text = renderImported(imported, sources.join(", "));
  if (target === undefined) {
    context.io.out(options.json ? `${JSON.stringify(imported, null, 2)}\n` : text);
    return EXIT.ok;
  }
  const written = writeAll(context, target, text, imported);
  report(context, imported, written, options);
  return EXIT.ok;
}

function importFiles(files: readonly string[]): ImportedSpec {
  const groups: RuleGroup[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const result = parseRuleFile(file, readText(file));
    if (result.status === "ok") groups.push(...result.groups);
    else faults.push(...result.faults);
  }
  if (faults.length > 0) throw invalid(faults);
  // Together, so that names stay unique over all of them.
  return rulesToSpec(groups);
}

function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function importGrafana(
  { io }: Context,
  address: string,
  { tokenEnv = DEFAULT_TOKEN_ENV }: ImportOptions,
): Promise<ImportedSpec> {
  const url = address.replace(/\/+$/, "");
  const token = resolveSecret({ kind: "secret", from: "env", name: tokenEnv }, io.env);
  if (token.status === "missing") {
    throw new Failure(`no token for ${url}: ${token.reason}`, {
      exitCode: EXIT.notAuthorised,
      advice: [
        `make a service account with role Admin in Grafana, add a token, and set ${tokenEnv}`,
      ],
    });
  }
  const client = createGrafanaClient({ url, token: token.value });
  const read = await readSnapshot(client, {
    wantedDashboards: { has: () => true },
    tag: "",
    orgId: undefined,
    signal: new AbortController().signal,
  });
  if (read.status === "unsupported") {
    throw new Failure(read.message, { exitCode: EXIT.unsupportedVersion });
  }
  if (read.status === "fault") {
    const { message, exitCode, advice } = toFailure(read.faults, client.origin);
    throw new Failure(message, { exitCode, advice });
  }
  return grafanaToSpec(read.snapshot, { url, token: `\${env:${tokenEnv}}` });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Failure(`"${file}" cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      exitCode: EXIT.usage,
      advice: ["expected a rule file of Prometheus or Loki, or the address of a Grafana"],
    });
  }
}

function invalid(faults: readonly Fault[]): Failure {
  const lines = faults.map(({ place, message, advice }) =>
    [place ? `${place.file}:${place.line}:${place.column}` : "", message, advice]
      .filter(Boolean)
      .join("  "),
  );
  return new Failure(lines.join("\n"), { exitCode: EXIT.problems });
}

function refuseOverwrite(context: Context, path: string): void {
  if (!existsSync(path)) return;
  throw new Failure(`"${path}" is there already, and is never overwritten`, {
    exitCode: EXIT.usage,
    advice: [`${context.self} import … --out <another file>`],
  });
}

function writeAll(
  context: Context,
  target: string,
  text: string,
  imported: ImportedSpec,
): readonly string[] {
  const files = [
    { path: target, text },
    ...imported.files.map(({ path, text: content }) => ({
      path: join(dirname(target), path),
      text: content,
    })),
  ];
  for (const { path } of files) refuseOverwrite(context, path);
  for (const { path, text: content } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: "wx" });
  }
  return files.map(({ path }) => path);
}

function report(
  { io, paint, self }: Context,
  imported: ImportedSpec,
  written: readonly string[],
  options: ImportOptions,
): void {
  if (options.json) {
    io.out(`${JSON.stringify({ written, notes: imported.notes }, null, 2)}\n`);
    return;
  }
  const lists = { ...imported.sections, ...(imported.settings?.["grafana"] ?? {}) };
  const counts = Object.entries(lists).map(
    ([name, entries]) => `${(entries as readonly unknown[]).length} ${name.replaceAll("_", " ")}`,
  );
  io.out(`${paint("green", "✓")} ${counts.join(", ") || "nothing"} written to ${written[0]}\n`);
  if (written.length > 1) io.out(`  and ${written.length - 1} files beside it\n`);
  for (const note of imported.notes) io.out(paint("yellow", `  ! ${note}\n`));
  io.out(`\n  ${self} lint --file ${written[0]}   looks it over\n`);
}
