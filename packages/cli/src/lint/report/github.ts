import type { Fault, FaultSeverity } from "../../fault.ts";

const COMMAND: Readonly<Record<FaultSeverity, string>> = {
  error: "error",
  warning: "warning",
  info: "notice",
};

/**
 * Annotations of a pull request, by GitHub's workflow commands:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 * The escapes are those of https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
export function renderGithub(faults: readonly Fault[]): string {
  return faults
    .map(({ severity, check, message, advice, place }) => {
      const properties: readonly (readonly [string, string | number | undefined])[] = [
        ["file", place?.file],
        ["line", place?.line],
        ["col", place?.column],
        ["title", `sightline ${check}`],
      ];
      const written = properties
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
      const path = place?.path ? `${place.path}: ` : "";
      const text = `${path}${message}${advice ? `\n${advice}` : ""}`;
      return `::${COMMAND[severity]} ${written.join(",")}::${escapeData(text)}\n`;
    })
    .join("");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
