export { SightlineRoutes, useSightlineRoutes } from "./sightline-routes.ts";
export { useSightlineRoute } from "./use-sightline-route.ts";
