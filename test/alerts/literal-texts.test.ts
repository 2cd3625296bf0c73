import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type PromRule, runPromtool } from "../../packages/cli/src/rule-test/engines/promtool.ts";
import { builtTool } from "../harness/built-tool.ts";
import { compileYaml, emittedRules } from "./compile-yaml.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-texts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What means something to somebody between the file and the reader. */
const PIECES = [
  "{",
  "{{",
  "}}",
  "}",
  "{{{{",
  "{{-",
  "-}}",
  "{{/*",
  "*/}}",
  "{{ .X }}",
  "{{ end }}",
  "$",
  "${a}",
  "$x",
  "$$",
  "%",
  "%s",
  "%!",
  '"',
  "'",
  "`",
  "\\",
  "\\n",
  "\n",
  "\t",
  "<b>",
  "&amp;",
  "ü",
  "漢",
  "😀",
  "\u2028",
  "\u0085",
  " ",
  "a",
  "#",
  "{a",
  "a}",
  "{ count }",
  "{Count}",
  ":",
  "- ",
  "|",
  "\u00a0",
];

/** Numbers that look random and are the same in each run (mulberry32). */
function createNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function createTexts(count: number): string[] {
  const next = createNumbers(20_260);
  return Array.from({ length: count }, () => {
    const length = 1 + Math.floor(next() * 8);
    return Array.from({ length }, () => PIECES[Math.floor(next() * PIECES.length)]).join("");
  });
}

it("whatever stands in a text comes out of Prometheus' templates as it was written", async () => {
  // A text that reads like one of our placeholders by chance would be a fault, and rightly.
  const texts = createTexts(300).filter((text) => !/\{[a-z_]{2,}\}/.test(text));
  const alerts = texts.map((text, index) => ({
    name: `A${index}`,
    metric: { query: "vector(7)" },
    when: "above 1",
    message: `${text} {value} ${text}`,
    annotations: { other: text },
  }));
  const compiled = compileYaml(JSON.stringify({ alerts, default_alerts: { enabled: false } }));
  expect(compiled.faults.filter(({ severity }) => severity === "error")).toEqual([]);
  const rules = emittedRules(compiled).filter(({ kind, rule }) => kind === "rule" && rule["alert"]);
  const [answer] = await runPromtool(
    builtTool("prometheus", "prom/prometheus", "promtool"),
    folder,
    [
      {
        rules: rules.map(({ rule }) => rule as unknown as PromRule),
        startMillis: 0,
        everyMillis: 60_000,
        series: [],
        queries: [],
        alerts: alerts.map(({ name }) => ({ name, atMillis: [120_000] })),
      },
    ],
    new AbortController().signal,
  );
  if (answer?.status !== "ok") throw new Error(JSON.stringify(answer));
  const told = answer.firing.map((times) => times.get(120_000)?.[0]?.annotations);
  expect(told.map((annotations) => annotations?.["description"])).toEqual(
    texts.map((text) => `${text} 7 ${text}`),
  );
  expect(told.map((annotations) => annotations?.["other"])).toEqual(texts);
});
