import type { Fault } from "../../fault.ts";

/**
 * One test case for each fault, and one that passes where there is none: what CI servers read as
 * results. Information is output and no failure. Dialect: https://github.com/testmoapp/junitxml
 */
export function renderJunit(file: string, faults: readonly Fault[]): string {
  const failures = faults.filter(({ severity }) => severity !== "info");
  const cases =
    faults.length === 0 ? [renderPass(file)] : faults.map((fault) => renderCase(file, fault));
  const tests = Math.max(1, faults.length);
  const counts = `tests="${tests}" failures="${failures.length}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="sightline lint" ${counts} skipped="0">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function renderPass(file: string): string {
  return `    <testcase name="no problems" classname="${escapeXml(file)}" file="${escapeXml(file)}"/>`;
}

function renderCase(file: string, { check, severity, message, advice, place }: Fault): string {
  const where = place ? `${place.file}:${place.line}:${place.column}` : file;
  const name = escapeXml(`${check} ${place?.path ?? ""} (${where})`.replace("  ", " "));
  const line = place ? ` line="${place.line}"` : "";
  const open = `    <testcase name="${name}" classname="${escapeXml(file)}" file="${escapeXml(place?.file ?? file)}"${line}`;
  const text = escapeXml([`${where}: ${message}`, advice].filter(Boolean).join("\n"));
  if (severity === "info") {
    return `${open}>\n      <system-out>${text}</system-out>\n    </testcase>`;
  }
  return `${open}>\n      <failure type="${severity}" message="${escapeXml(message)}">${text}</failure>\n    </testcase>`;
}

/** Also without what XML 1.0 cannot hold at all: https://www.w3.org/TR/xml/#charsets */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;")
    .replaceAll("\r", "&#13;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;");
}
