import { currentSightline, onceStarted } from "../current-sightline.ts";
import { createStateTeller, type DataRouterState } from "./tell-router-state.ts";

/** What is used of a data router, `createBrowserRouter` and its kin in react-router 6.4 to 8. */
export interface DataRouter {
  readonly state: DataRouterState;
  subscribe(listener: (state: DataRouterState) => void): () => void;
}

/**
 * `const router = followRouter(createBrowserRouter(routes))`: tells the route template of each page,
 * `/orders/:id`, and what loaders, actions and lazy routes threw. `startSightline` may come later.
 *
 * @returns the same router
 */
export function followRouter<Router extends DataRouter>(router: Router): Router {
  tellRouter(router);
  return router;
}

/** @returns what ends it */
export function tellRouter(router: DataRouter): () => void {
  const tellState = createStateTeller();
  const tell = (): void => {
    const sightline = currentSightline();
    if (sightline !== undefined) tellState(sightline, router.state);
  };
  onceStarted(tell);
  return router.subscribe(tell);
}
