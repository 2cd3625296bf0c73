import { useContext, useEffect } from "react";
import { UNSAFE_DataRouterContext as DataRouterContext } from "react-router";
import { tellRouter } from "../react/follow-router.ts";

/**
 * In the root layout of a data router whose making is not yours (framework mode): tells the route
 * template of each page, and what loaders, actions and lazy routes threw. Who calls
 * `createBrowserRouter` takes `followRouter` of `@sightline/browser/react` instead. Below a plain
 * `<BrowserRouter>` it does nothing; there, `SightlineRoutes` does.
 */
export function useSightlineRoute(): void {
  const router = useContext(DataRouterContext)?.router;
  useEffect(() => (router ? tellRouter(router) : undefined), [router]);
}
