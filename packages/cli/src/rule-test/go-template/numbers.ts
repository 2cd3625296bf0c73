/** fmt's `%.<digits>g`: significant digits, zeros at the end left out, an exponent of two digits. */
export function formatGeneral(value: number, digits: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const significant = Math.max(1, digits);
  const [mantissa = "", exponentText = "0"] = roundHalfEven(
    value.toExponential(significant - 1),
    value.toExponential(MAX_DIGITS),
  ).split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= significant) return withExponent(stripZeros(mantissa), exponent);
  return stripZeros(formatFixed(value, Math.max(0, significant - 1 - exponent)));
}

const MAX_DIGITS = 100;

/** fmt's `%.<digits>f`. */
export function formatFixed(value: number, digits: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  // Number.toFixed gives an exponent from 1e21 on; Go never does.
  if (Math.abs(value) >= 1e21) {
    return BigInt(value).toString() + (digits > 0 ? `.${"0".repeat(digits)}` : "");
  }
  return roundHalfEven(value.toFixed(digits), value.toFixed(MAX_DIGITS));
}

/** JavaScript rounds a half up, Go to the even digit. `exact` has all digits that matter. */
function roundHalfEven(rounded: string, exact: string): string {
  const [digits = "", exponent] = rounded.split("e");
  const [exactDigits = "", exactExponent] = exact.split("e");
  if (exponent !== exactExponent || !/[13579]$/.test(digits)) return rounded;
  const length = digits.includes(".") ? digits.length : digits.length + 1;
  const rest = exactDigits.slice(length);
  if (!/^50*$/.test(rest)) return rounded;
  const lower = exactDigits.slice(0, digits.length);
  return exponent === undefined ? lower : `${lower}e${exponent}`;
}

/** fmt's `%v` of a float64: as few digits as say it, an exponent below 1e-4 and from 1e6 on. */
export function formatShortest(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) return withExponent(mantissa, exponent);
  if (exponent >= 0) return String(value);
  return value.toFixed(mantissa.replace(/[-.]/g, "").length - 1 - exponent);
}

/** strconv's 'f' with precision -1: never an exponent. */
export function formatPlain(value: number): string {
  const special = formatSpecial(value);
  if (special !== undefined) return special;
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  const digits = mantissa.replace(/[-.]/g, "").length;
  if (exponent >= 21) return BigInt(value).toString();
  return value.toFixed(Math.min(100, Math.max(0, digits - 1 - exponent)));
}

function formatSpecial(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : undefined;
}

function withExponent(mantissa: string, exponent: number): string {
  const sign = exponent < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function stripZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
