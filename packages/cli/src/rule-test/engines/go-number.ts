/** A float64 as Go writes it: with `+Inf` and `NaN`. */
export function parseGoNumber(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}
