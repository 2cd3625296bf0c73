/** What is used of a route that a React router matched. */
export interface MatchedRoute {
  readonly route: { readonly path?: string | undefined };
}

/**
 * `/orders/:id` of the routes that matched, outermost first.
 *
 * @param base template of the page that has these routes in it, which paths of theirs never have
 */
export function routeTemplate(matches: readonly MatchedRoute[], base = "/"): string {
  const template = matches.reduce((above, { route }) => joinTemplates(above, route.path), "/");
  if (base === "/") return template;
  return template === "/" ? base : base + template;
}

/** A child's path is below its parent's, or absolute and then has the parent's in it. */
function joinTemplates(parent: string, path: string | undefined): string {
  if (path === undefined || path === "") return parent;
  if (path.startsWith("/")) return path;
  return `${parent.replace(/\/$/, "")}/${path}`.replace(/(?<=.)\/$/, "");
}
