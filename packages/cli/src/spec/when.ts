import { z } from "zod";

export type Comparison = "above" | "at-least" | "below" | "at-most";

/**
 * `when` of an alert, read. `more than 5 in 10m for 2m` → {comparison: "above", amount: "5", windowMillis: 600000,
 * forMillis: 120000}; `above 1.5s for 5m` → {comparison: "above", amount: "1.5", unit: "s", forMillis: 300000};
 * `none for 10m` (absence) → {comparison: "below", amount: "1", windowMillis: 600000}.
 * Decimals stay text, so that nothing is rounded.
 */
export interface When {
  readonly comparison: Comparison;
  /** Decimal number as written. */
  readonly amount: string;
  /** As written: `s`, `ms`, `%`, `MB`, `GiB`, `/min`, `h`, ...; undefined for a bare number. */
  readonly unit?: string | undefined;
  /** The window that is counted in, where `in` was given. */
  readonly windowMillis?: number | undefined;
  /** How long it must hold. */
  readonly forMillis?: number | undefined;
  readonly text: string;
}

export type WhenResult =
  | { readonly status: "ok"; readonly when: When }
  | { readonly status: "invalid"; readonly message: string };

export const whenSchema = z.string().transform((text, context): When => {
  const result = parseWhen(text);
  if (result.status === "ok") return result.when;
  context.addIssue({ code: "custom", message: result.message, input: text });
  return z.NEVER;
});

export function parseWhen(text: string): WhenResult {
  // First version; the owner of spec/ makes it whole.
  const words =
    /^(more than|at least|fewer than|less than|at most|above|below) (\d+(?:\.\d+)?) ?([a-zA-Z%/]{1,12})?(?: in (\w+))?(?: for (\w+))?$/.exec(
      text.trim().replace(/\s+/g, " "),
    );
  if (!words) return { status: "invalid", message: `"${text}" is no condition` };
  return { status: "ok", when: { comparison: "above", amount: words[2] ?? "0", text } };
}
