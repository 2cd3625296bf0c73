export { type DataRouter, followRouter } from "./follow-router.ts";
export {
  type CaughtFailure,
  SightlineErrorBoundary,
  type SightlineErrorBoundaryProps,
} from "./sightline-error-boundary.ts";
export { type RootErrorOptions, sightlineRootOptions } from "./sightline-root-options.ts";
export type { DataRouterState } from "./tell-router-state.ts";
