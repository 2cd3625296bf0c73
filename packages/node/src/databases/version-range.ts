/**
 * Whether a version lies in a range of the forms `^1.2.3`, `>=1.2.3 <4` and `*`, which are those
 * that OpenTelemetry's instrumentations state. A pre-release counts as its release; what cannot be
 * read lies in `*` alone.
 */
export function isInRange(version: string | undefined, range: string): boolean {
  if (range === "*") return true;
  const given = parseVersion(version ?? "");
  if (given === undefined) return false;
  return range.split(" ").every((part) => isPartMet(given, part));
}

function isPartMet(given: Version, part: string): boolean {
  const [, operator, text = ""] = /^(\^|>=|<)(.+)$/.exec(part) ?? [];
  const limit = parseVersion(text);
  if (limit === undefined) return false;
  if (operator === "<") return compare(given, limit) < 0;
  if (compare(given, limit) < 0) return false;
  return operator === ">=" || given[0] === limit[0];
}

type Version = readonly [number, number, number];

function parseVersion(text: string): Version | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?/.exec(text);
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
}

function compare(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
