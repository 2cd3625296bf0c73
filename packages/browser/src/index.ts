export type {
  ConsoleLevel,
  ErrorDetails,
  Sightline,
  SightlineOptions,
} from "./sightline-options.ts";
