/** What is used of Angular's `ActivatedRouteSnapshot`. */
export interface RouteNode {
  readonly routeConfig: { readonly path?: string; readonly matcher?: unknown } | null;
  readonly url: readonly { readonly path: string }[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly outlet: string;
  readonly children: readonly RouteNode[];
}

const PRIMARY_OUTLET = "primary";

/**
 * The template of the page that is shown, `/orders/:id`, from the root of a router's state. Of several
 * outlets the primary one counts; lazy routes are children like others.
 */
export function routeTemplate(root: RouteNode): string {
  const segments: string[] = [];
  let node: RouteNode | undefined = root;
  while (node !== undefined) {
    segments.push(...templateSegments(node));
    node = node.children.find(({ outlet }) => outlet === PRIMARY_OUTLET);
  }
  return `/${segments.join("/")}`;
}

function templateSegments(node: RouteNode): string[] {
  const { routeConfig } = node;
  if (routeConfig === null) return [];
  if (routeConfig.path !== undefined) return routeConfig.path.split("/").filter(Boolean);
  if (routeConfig.matcher === undefined) return [];
  return node.url.map(({ path }) => matchedSegment(path, node.params));
}

/** A route with a matcher has no path; a segment that is no parameter may still be any text. */
function matchedSegment(segment: string, params: RouteNode["params"]): string {
  const name = Object.keys(params).find((key) => params[key] === segment);
  return name === undefined ? "*" : `:${name}`;
}
