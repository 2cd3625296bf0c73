import {
  createContext,
  createElement,
  type ReactElement,
  useContext,
  useLayoutEffect,
} from "react";
import {
  createRoutesFromElements,
  type Location,
  matchRoutes,
  type RouteObject,
  type RoutesProps,
  useLocation,
  useRoutes,
} from "react-router";
import { currentSightline } from "../current-sightline.ts";
import { routeTemplate } from "../react/route-template.ts";

/** Where descendant routes begin. */
interface Ancestor {
  readonly pathname: string;
  readonly template: string;
  readonly depth: number;
}

const ROOT: Ancestor = { pathname: "/", template: "/", depth: 0 };
const AncestorContext = createContext(ROOT);

/** React runs the effects of children first, so an ancestor's `/orders/*` would replace `/orders/:id`. */
const deepestTold = new WeakMap<Location, number>();

/** In the place of `<Routes>`: tells the route template of each page, `/orders/:id`, also from nested ones. */
export function SightlineRoutes({ children, location }: RoutesProps): ReactElement | null {
  return useSightlineRoutes(createRoutesFromElements(children), location);
}

/** In the place of `useRoutes`. */
export function useSightlineRoutes(
  routes: RouteObject[],
  location?: Partial<Location> | string,
): ReactElement | null {
  const shown = useRoutes(routes, location);
  const current = useLocation();
  const ancestor = useContext(AncestorContext);
  const matches = matchRoutes(routes, location ?? current, ancestor.pathname) ?? [];
  const template = matches.length === 0 ? undefined : routeTemplate(matches, ancestor.template);

  useLayoutEffect(() => {
    if (template === undefined || (deepestTold.get(current) ?? 0) > ancestor.depth) return;
    deepestTold.set(current, ancestor.depth);
    currentSightline()?.setRoute(template);
  }, [current, template, ancestor.depth]);

  const here: Ancestor = {
    pathname: joinPaths(ancestor.pathname, matches.at(-1)?.pathnameBase),
    template: template?.replace(/\/\*$/, "") || ancestor.template,
    depth: ancestor.depth + 1,
  };
  return createElement(AncestorContext.Provider, { value: here }, shown);
}

function joinPaths(base: string, below = "/"): string {
  return `${base}/${below}`.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
}
