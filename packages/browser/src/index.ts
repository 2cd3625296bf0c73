export type {
  ConsoleLevel,
  ErrorDetails,
  Sightline,
  SightlineOptions,
} from "./sightline-options.ts";
export { startSightline } from "./start-sightline.ts";
