import { closestName, EXIT } from "@sightline/core";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import type { Fault } from "../fault.ts";
import { CHECK_IDS } from "../lint/checks.ts";
import { lintModel } from "../lint/lint-model.ts";
import { renderGithub } from "../lint/report/github.ts";
import { renderJunit } from "../lint/report/junit.ts";
import { renderFaults, summarizeFaults } from "../lint/report/text.ts";
import { type SpecDocument, sortByPlace } from "../spec/read-spec.ts";
import {
  type LoadedModel,
  loadModel,
  readSpecText,
  readTargetNames,
  SPEC_FILE,
} from "./load-model.ts";

export const LINT_FORMATS = ["text", "json", "junit", "github"] as const;

export interface LintOptions {
  readonly file?: string;
  readonly target?: string;
  readonly live?: boolean;
  readonly format?: string;
  readonly off?: readonly string[];
  /** Warnings are problems, too. */
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `sightline lint`: everything that is wrong with sightline.yaml, at once. */
export async function lintCommand(context: Context, options: LintOptions): Promise<number> {
  const format = options.json ? "json" : (options.format ?? "text");
  const offFaults = unknownChecks(options.off ?? [], () => undefined);
  if (offFaults.length > 0) {
    const messages = offFaults.map(({ message, advice }) => `--off: ${message}; ${advice}`);
    throw new Failure(messages.join("\n"), { exitCode: EXIT.usage });
  }
  const file = options.file ?? SPEC_FILE;
  const source = readSpecText(context, file);
  const found: Found[] = [];
  for (const target of readTargetNames(context, file, options.target)) {
    const loaded = await loadModel(context, { file, target });
    found.push(await findFaults(context, loaded, source, options));
  }
  const faults = uniqueFaults(found.flatMap((it) => it.faults));
  print(context, { file, source, format, faults });
  const failing = options.strict ? ["error", "warning"] : ["error"];
  if (faults.some(({ severity }) => failing.includes(severity))) return EXIT.problems;
  return found.some(({ isUnanswered }) => isUnanswered) ? EXIT.noAnswer : EXIT.ok;
}

function uniqueFaults(faults: readonly Fault[]): readonly Fault[] {
  const byText = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return sortByPlace([...byText.values()]);
}

interface Found {
  readonly faults: readonly Fault[];
  /** A server that --live asked did not answer. */
  readonly isUnanswered: boolean;
}

async function findFaults(
  context: Context,
  loaded: LoadedModel,
  source: string,
  options: LintOptions,
): Promise<Found> {
  const whole = loaded.status === "ok" ? loaded : loaded.partial;
  if (whole === undefined) {
    return { faults: loaded.status === "ok" ? [] : loaded.faults, isUnanswered: false };
  }
  const { document, model } = whole;
  const ofCompiler = loaded.status === "ok" ? loaded.warnings : loaded.faults;
  const ofSpec = document.spec.lint.off ?? [];
  const offFaults = unknownChecks(ofSpec, (index) => document.placeOf(["lint", "off", index]));
  const off = new Set([...(options.off ?? []), ...ofSpec]);
  const isWanted = ({ check, severity }: Fault) => severity === "error" || !off.has(check);
  const faults = [
    ...offFaults,
    ...ofCompiler.filter(isWanted),
    ...lintModel({ document, model, source, env: context.io.env, off }).filter(
      // Of a part, only what is wrong with it by itself.
      ({ severity }) => severity === "error" || loaded.status === "ok" || !loaded.partial?.isCut,
    ),
  ];
  if (!options.live || loaded.status === "invalid") return { faults, isUnanswered: false };
  const { lintLive } = await import("../lint/live/lint-live.ts");
  const live = await lintLive(context, model, Date.now());
  const wanted = live.faults.filter(isWanted);
  return { faults: [...faults, ...wanted], isUnanswered: live.isUnanswered };
}

function unknownChecks(
  names: readonly string[],
  placeAt: (index: number) => ReturnType<SpecDocument["placeOf"]> | undefined,
): Fault[] {
  return names.flatMap((name, index) => {
    if (CHECK_IDS.includes(name)) return [];
    const near = closestName(name, CHECK_IDS);
    return [
      {
        check: "unknown-check",
        severity: "error" as const,
        message: `there is no check "${name}"`,
        advice:
          near === undefined ? `there are ${CHECK_IDS.join(", ")}` : `did you mean "${near}"?`,
        place: placeAt(index),
      },
    ];
  });
}

interface Report {
  readonly file: string;
  readonly source: string;
  readonly format: string;
  readonly faults: readonly Fault[];
}

function print({ io, paint, self }: Context, report: Report): void {
  const { file, source, format, faults } = report;
  if (format === "json") io.out(`${JSON.stringify({ file, faults })}\n`);
  else if (format === "junit") io.out(renderJunit(file, faults));
  else if (format === "github") io.out(renderGithub(faults));
  else if (faults.length === 0) io.out(`${paint("green", "✓")} ${file} has no problems\n`);
  else {
    io.out(`${renderFaults(faults, source, paint)}\n${summarizeFaults(faults)} in ${file}\n`);
    if (faults.some(({ check }) => CHECK_IDS.includes(check))) {
      io.out(paint("dim", `${self} lint --off <check> leaves one out\n`));
    }
  }
}
