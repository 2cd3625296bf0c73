const MAX_SEGMENTS = 8;
const MAX_SEGMENT_CHARACTERS = 40;
/** Numbers, UUIDs, hashes and whatever else names one of many. */
const ID =
  /^(?:\d+|[\da-f]{8,}|[\da-f]{8}-[\da-f-]{4,}|(?=[^/]*\d)[\w-]{10,}|.*(?:@|%40).*|.*\d{4,}.*)$/i;
const REST = "*";

/**
 * The route of a page's path: the first template that fits, else the path with what looks like an id
 * taken out.
 *
 * @param templates as `/orders/:id`; a `*` at the end stands for any rest.
 */
export function routeOfPath(path: string, templates: readonly string[]): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  const template = templates.find((candidate) => fits(candidate, segments));
  if (template !== undefined) return template;
  const shown = segments.slice(0, MAX_SEGMENTS).map(templateOfSegment);
  return `/${shown.join("/")}${segments.length > MAX_SEGMENTS ? "/…" : ""}`;
}

function fits(template: string, segments: readonly string[]): boolean {
  const parts = template.split("/").filter((part) => part !== "");
  const hasRest = parts.at(-1) === REST;
  if (hasRest) parts.pop();
  if (hasRest ? segments.length < parts.length : segments.length !== parts.length) return false;
  return parts.every((part, index) => part.startsWith(":") || part === segments[index]);
}

function templateOfSegment(segment: string): string {
  return segment.length > MAX_SEGMENT_CHARACTERS || ID.test(segment) ? ":id" : segment;
}
