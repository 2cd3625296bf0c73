/** Finds the first template of a list that fits a path. */
export type RouteMatcher = (path: string) => string | undefined;

interface Template {
  readonly route: string;
  /** Undefined: any segment. */
  readonly segments: readonly (string | undefined)[];
  /** `/files/{rest...}` and `/files/*`: any segments that follow, at least one. */
  readonly isOpen: boolean;
}

/**
 * Templates as people write them: `/users/{id}` or `/users/:id`; a last `*` or `{rest...}` takes all
 * that follows. The first that fits.
 */
export function createRouteMatcher(routes: readonly string[]): RouteMatcher {
  const templates = routes.map(parseTemplate);
  return (path) => {
    const segments = path.split("/").filter((segment) => segment !== "");
    return templates.find((template) => fits(template, segments))?.route;
  };
}

/** What is wrong with a template; undefined if nothing is. */
export function findTemplateFault(route: string): string | undefined {
  if (!route.startsWith("/"))
    return `the route "${route}" does not begin with "/"; write "/${route}"`;
  if (/[?#]/.test(route)) {
    return `the route "${route}" has a query; routes are paths, write what is before the "?"`;
  }
  const segments = route.split("/").slice(1, -1);
  const isEarly = segments.some((segment) => isRest(segment));
  return isEarly
    ? `the route "${route}" has "*" before its end; "*" takes all that follows, write {name} for one part`
    : undefined;
}

function parseTemplate(route: string): Template {
  const segments = route.split("/").filter((segment) => segment !== "");
  const isOpen = isRest(segments.at(-1) ?? "");
  const own = isOpen ? segments.slice(0, -1) : segments;
  return { route, isOpen, segments: own.map((one) => (isParameter(one) ? undefined : one)) };
}

function isParameter(segment: string): boolean {
  return (segment.startsWith("{") && segment.endsWith("}")) || /^:./.test(segment);
}

function isRest(segment: string): boolean {
  return segment === "*" || segment === "**" || /^\{[^}]*(?:\.\.\.|\*)\}$/.test(segment);
}

function fits({ segments, isOpen }: Template, path: readonly string[]): boolean {
  const isLength = isOpen ? path.length > segments.length : path.length === segments.length;
  return isLength && segments.every((segment, at) => segment === undefined || segment === path[at]);
}
