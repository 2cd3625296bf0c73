import type { SampleToken } from "../case.ts";

export type ValuesResult =
  | { readonly status: "ok"; readonly tokens: readonly SampleToken[] }
  | { readonly status: "invalid"; readonly message: string };

const MAX_SAMPLES = 50_000;
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|Inf|NaN)`;
const REPEATED = new RegExp(`^(${NUMBER}|_|stale)(?:x(\\d+))?$`);
const STEPPED = new RegExp(`^(${NUMBER})([+-]${NUMBER.replace("[+-]?", "")})x(\\d+)$`);

/**
 * promtool's notation, as single samples: `1 2 3` · `0+60x10` (0, 60, ... 600: eleven) · `5x3` (5
 * four times) · `_` or `_x3` (no sample, three times) · `stale` · `{{schema:0 ...}}`.
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 */
export function parseSeriesValues(text: string): ValuesResult {
  const tokens: SampleToken[] = [];
  for (const word of splitWords(text)) {
    const samples = readWord(word);
    if (samples === undefined) {
      return {
        status: "invalid",
        message: `"${word}" is no sample; expected a number, 0+60x10, 5x3, _, _x3 or stale`,
      };
    }
    tokens.push(...samples);
    if (tokens.length > MAX_SAMPLES) {
      return { status: "invalid", message: `more than ${MAX_SAMPLES} samples in one series` };
    }
  }
  return tokens.length > 0
    ? { status: "ok", tokens }
    : { status: "invalid", message: "no sample; expected for example 0+60x10" };
}

/** At white space, except in a histogram's braces. */
function splitWords(text: string): string[] {
  return text.match(/\{\{[^}]*\}\}\S*|\S+/g) ?? [];
}

function readWord(word: string): SampleToken[] | undefined {
  // Native histograms are promtool's own to read; steps of them are left to single samples.
  if (/^\{\{[^}]*\}\}$/.test(word)) return [word];
  const [, value, times] = REPEATED.exec(word) ?? [];
  if (value !== undefined) {
    // "_x3" is three gaps, but "5x3" is the sample and three more: promtool's own reading.
    const count = times === undefined ? 1 : Number(times) + (value === "_" ? 0 : 1);
    return count > MAX_SAMPLES + 1 ? undefined : new Array<string>(count).fill(value);
  }
  const [, first, step, steps] = STEPPED.exec(word) ?? [];
  if (first === undefined || Number(steps) > MAX_SAMPLES) return undefined;
  return Array.from({ length: Number(steps) + 1 }, (_, index) =>
    String(Number(first) + index * Number(step)),
  );
}
