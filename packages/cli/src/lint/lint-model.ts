import type { Model } from "../compile/model.ts";
import type { Fault } from "../fault.ts";
import { type SpecDocument, sortByPlace } from "../spec/read-spec.ts";
import { checkApps } from "./check-apps.ts";
import { checkDashboards } from "./check-dashboards.ts";
import { checkGrafana } from "./check-grafana.ts";
import { checkNames } from "./check-names.ts";
import { checkQueries } from "./check-queries.ts";
import { checkRules } from "./check-rules.ts";
import { checkSecrets } from "./check-secrets.ts";

export interface LintInput {
  readonly document: SpecDocument;
  readonly model: Model;
  /** Text of the file. */
  readonly source: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ids of checks.ts that are not wanted. Errors come all the same: what has one does not load. */
  readonly off: ReadonlySet<string>;
}

/** Everything that can be found without a server, in the order of the file. */
export function lintModel(input: LintInput): readonly Fault[] {
  const faults = [...findInSpec(input), ...checkDashboards(input.model)];
  return sortByPlace(
    faults.filter(({ check, severity }) => severity === "error" || !input.off.has(check)),
  );
}

/** What the servers would refuse. A panel with a wrong query is shown with its error, and not among it. */
export function findRefused(input: Omit<LintInput, "off">): readonly Fault[] {
  return sortByPlace(findInSpec(input).filter(({ severity }) => severity === "error"));
}

function findInSpec({ document, model, source, env }: Omit<LintInput, "off">): readonly Fault[] {
  return [
    ...checkQueries(document, model, source),
    ...checkNames(document, model, source),
    ...checkRules(document, model),
    ...checkGrafana(document, model),
    ...checkSecrets(document, model, source, env),
    ...checkApps(document),
  ];
}
