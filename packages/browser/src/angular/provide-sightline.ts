import {
  APP_BOOTSTRAP_LISTENER,
  DestroyRef,
  ENVIRONMENT_INITIALIZER,
  type EnvironmentProviders,
  ErrorHandler,
  inject,
  makeEnvironmentProviders,
  PLATFORM_ID,
} from "@angular/core";
import { ROUTES, Router } from "@angular/router";
import { outsideZones } from "../page/natives.ts";
import type { Sightline, SightlineOptions } from "../sightline-options.ts";
import { startSightline } from "../start-sightline.ts";
import { followRouter } from "./follow-router.ts";
import { SightlineErrorHandler } from "./sightline-error-handler.ts";
import { SIGHTLINE } from "./sightline-token.ts";

/**
 * For `bootstrapApplication(App, { providers: [provideSightline({ key })] })`, or the providers of a
 * root module. Starts before any component, with an `ErrorHandler` and the router's route templates;
 * on a server it does nothing. Angular 17 and later, with zone.js and without.
 *
 * @param options or a function that may `inject` what they come from
 */
export function provideSightline(
  options: SightlineOptions | (() => SightlineOptions),
): EnvironmentProviders {
  return makeEnvironmentProviders([
    { provide: SIGHTLINE, useFactory: () => startInBrowser(options) },
    { provide: ErrorHandler, useFactory: () => new SightlineErrorHandler() },
    // Angular 17 and 18 have no `provideEnvironmentInitializer`.
    { provide: ENVIRONMENT_INITIALIZER, multi: true, useValue: () => void inject(SIGHTLINE) },
    // Not earlier: the router asks for the base address, which an initializer of the app may load.
    { provide: APP_BOOTSTRAP_LISTENER, multi: true, useFactory: createRouteTeller },
  ]);
}

function startInBrowser(
  options: SightlineOptions | (() => SightlineOptions),
): Sightline | undefined {
  // The value behind `isPlatformBrowser`, which would need @angular/common.
  if (inject(PLATFORM_ID) !== ("browser" as unknown)) return undefined;
  const resolved = typeof options === "function" ? options() : options;
  const sightline = outsideZones(() => startSightline(resolved));
  inject(DestroyRef).onDestroy(() => sightline.stop());
  return sightline;
}

function createRouteTeller(): () => void {
  const sightline = inject(SIGHTLINE);
  // Asking for a router makes one; only `provideRouter` gives routes.
  const router = sightline && inject(ROUTES, { optional: true }) ? inject(Router) : undefined;
  const destroyRef = inject(DestroyRef);
  let isFollowing = false;
  return () => {
    if (!sightline || !router || isFollowing) return;
    isFollowing = true;
    destroyRef.onDestroy(followRouter(router, sightline));
  };
}
