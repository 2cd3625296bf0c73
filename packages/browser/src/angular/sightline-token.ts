import { InjectionToken } from "@angular/core";
import type { Sightline } from "../sightline-options.ts";

/**
 * What `provideSightline` started, to `inject` where `identify`, `log` or `reportError` is called.
 * Undefined on a server.
 */
export const SIGHTLINE: InjectionToken<Sightline | undefined> = new InjectionToken("Sightline");
