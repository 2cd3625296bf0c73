/** What is used of a route that a React router matched. */
export interface MatchedRoute {
  readonly route: { readonly path?: string | undefined };
}

/** `/orders/:id` of the routes that matched, outermost first. */
export function routeTemplate(matches: readonly MatchedRoute[], base = "/"): string {
  return matches.reduce((template, { route }) => joinTemplates(template, route.path), base);
}

/** A child's path is below its parent's, or absolute and then has the parent's in it. */
function joinTemplates(parent: string, path: string | undefined): string {
  if (path === undefined || path === "") return parent;
  if (path.startsWith("/")) return path;
  // The rest of a parent `orders/*` is what its descendant routes match.
  return `${parent.replace(/\/?\*?$/, "")}/${path}`.replace(/(?<=.)\/$/, "");
}
