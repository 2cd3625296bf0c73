import type { Fault, FaultSeverity } from "../../fault.ts";
import { cleanText } from "../../report/clean-text.ts";
import type { Painter, Style } from "../../report/style.ts";
import { renderCodeFrame } from "./code-frame.ts";
import { hideSecrets } from "./hide-secrets.ts";

const STYLE: Readonly<Record<FaultSeverity, Style>> = {
  error: "red",
  warning: "yellow",
  info: "cyan",
};

/** For people: each fault with its line of the file, and a summary. */
export function renderFaults(faults: readonly Fault[], source: string, paint: Painter): string {
  const lines = hideSecrets(source) ?? [];
  return faults.map((fault) => `${renderFault(fault, lines, paint)}\n`).join("\n");
}

function renderFault(fault: Fault, lines: readonly string[], paint: Painter): string {
  const { check, severity, message, advice, place } = fault;
  const where = place ? `${place.file}:${place.line}:${place.column}` : "";
  const head = [
    where && paint("bold", where),
    paint(STYLE[severity], severity),
    place?.path && paint("dim", cleanText(place.path)),
  ].filter(Boolean);
  return [
    `${head.join(" ")}`,
    `  ${cleanText(message)} ${paint("dim", `[${check}]`)}`,
    place && renderCodeFrame(lines, place, paint),
    advice && `  ${paint("green", "→")} ${cleanText(advice)}`,
  ]
    .filter(Boolean)
    .join("\n");
}

export function summarizeFaults(faults: readonly Fault[]): string {
  const count = (severity: FaultSeverity, word: string): string => {
    const number = faults.filter((fault) => fault.severity === severity).length;
    return number === 0 ? "" : `${number} ${number === 1 ? word : `${word}s`}`;
  };
  const notes = faults.filter(({ severity }) => severity === "info").length;
  return [
    count("error", "error"),
    count("warning", "warning"),
    notes > 0 ? `${notes} for your information` : "",
  ]
    .filter(Boolean)
    .join(", ");
}
