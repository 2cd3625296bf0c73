export type { SightlineOptions } from "../sightline-options.ts";
export { provideSightline } from "./provide-sightline.ts";
export { SightlineErrorHandler } from "./sightline-error-handler.ts";
export { SIGHTLINE } from "./sightline-token.ts";
