import { LOKI_LABEL } from "@sightline/core";
import type { When } from "../../spec/when.ts";
import type { AlertRule, Fact, MessagePart, Source, ValueFormat } from "../model.ts";
import type { LinesOf } from "./log-facts.ts";

/** What one form of alert (log, metric, crash, …) makes of itself; the rest is the same for all. */
export interface AlertForm {
  readonly source: Source;
  readonly expression: AlertRule["expression"];
  readonly by: readonly string[];
  readonly whenEmpty: AlertRule["whenEmpty"];
  /** Labels that are known already: the service that a rule without `by` is about. */
  readonly labels: Readonly<Record<string, string>>;
  readonly format: ValueFormat;
  /** Behind the name in the summary: `7 lines in 10m in api`. */
  readonly summary: readonly MessagePart[];
  readonly description: readonly MessagePart[];
  readonly facts: readonly Fact[];
  /** The lines that it counts; undefined where it counts none. */
  readonly lines: LinesOf | undefined;
  /** Shows these lines on a machine without Grafana. */
  readonly command: readonly MessagePart[] | undefined;
  readonly everyMillis: number;
  /** Whole texts are templates of Go, as in the rule files of other tools. */
  readonly isTemplated: boolean;
}

/** Tells what is wrong; `path` is below the alert: ["log", "query"]. */
export type Report = (
  path: readonly (string | number)[],
  check: string,
  message: string,
  advice?: string,
) => void;

export interface FormScope {
  readonly report: Report;
  /** `environment` of the target; alerts that name none are about this one. */
  readonly environment: string | undefined;
}

export const DEFAULT_EVERY_MILLIS = 60_000;
/** What counts lines is cheap, and waited for. */
export const DEFAULT_LINES_EVERY_MILLIS = 30_000;
/** Grafana's scheduler looks every ten seconds; all engines get the same. */
export const EVERY_STEP_MILLIS = 10_000;

/** As often as usual, and more often where what is looked at is shorter. */
export function usualEvery(usualMillis: number, ...spans: readonly (number | undefined)[]): number {
  const shortest = Math.min(usualMillis, ...spans.filter((span) => span !== undefined));
  return Math.max(EVERY_STEP_MILLIS, Math.floor(shortest / EVERY_STEP_MILLIS) * EVERY_STEP_MILLIS);
}

export function isDownward({ comparison }: Pick<When, "comparison">): boolean {
  return comparison === "below" || comparison === "at-most";
}

export const words = (text: string): MessagePart => ({ kind: "text", text });

/** `api`, `api, web`, or the label where each alert has its own. */
export function servicePart(
  services: readonly string[] | undefined,
  by: readonly string[],
  label: string,
): MessagePart | undefined {
  if (services?.length === 1 && services[0] !== undefined) return words(services[0]);
  if (by.includes(label)) return { kind: "label", name: label };
  return services === undefined ? undefined : words(services.join(", "));
}

/** What is known of the service and environment, where the series do not carry it. */
export function fixedLabels(
  services: readonly string[] | undefined,
  environment: string | undefined,
  by: readonly string[],
): Record<string, string> {
  const { serviceName, deploymentEnvironmentName } = LOKI_LABEL;
  const [service] = services ?? [];
  return {
    ...(service !== undefined && services?.length === 1 && !by.includes(serviceName)
      ? { [serviceName]: service }
      : {}),
    ...(environment !== undefined && !by.includes(deploymentEnvironmentName)
      ? { [deploymentEnvironmentName]: environment }
      : {}),
  };
}
