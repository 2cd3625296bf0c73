import type { MetaBrowser } from "@grafana/faro-core";

/** First match wins: most browsers also name the one they are built on. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Edge", /Edg(?:e|A|iOS)?\/([\d.]+)/],
  ["Opera", /(?:OPR|OPiOS|OPT)\/([\d.]+)/],
  ["Samsung Internet", /SamsungBrowser\/([\d.]+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/([\d.]+)/],
  ["Chrome", /(?:Chrome|CriOS)\/([\d.]+)/],
  ["Safari", /Version\/([\d.]+).*Safari/],
];

const SYSTEMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["Windows", /Windows NT ([\d.]+)/],
  ["iOS", /(?:iPhone|iPad).* OS ([\d_]+)/],
  ["Android", /Android ([\d.]+)/],
  ["Chrome OS", /CrOS \S+ ([\d.]+)/],
  ["macOS", /Mac OS X ([\d_.]+)/],
  ["Linux", /Linux()/],
];

/** Names as people know them. What is not in the tables is `unknown`; the whole text is not told. */
export function browserMeta(userAgent: string, language: string): MetaBrowser {
  const [name, version] = firstOf(BROWSERS, userAgent);
  const [system, systemVersion] = firstOf(SYSTEMS, userAgent);
  return {
    name,
    version,
    os: `${system} ${systemVersion.replaceAll("_", ".")}`.trim(),
    mobile: /Mobi|Android|iP(?:hone|ad)/.test(userAgent),
    language,
  };
}

function firstOf(
  table: readonly (readonly [string, RegExp])[],
  text: string,
): readonly [name: string, version: string] {
  for (const [name, pattern] of table) {
    const match = pattern.exec(text);
    if (match !== null) return [name, match[1] ?? ""];
  }
  return ["unknown", ""];
}
