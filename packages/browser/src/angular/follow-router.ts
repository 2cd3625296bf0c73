import { NavigationEnd, NavigationError, type Router } from "@angular/router";
import { unwrapError } from "../errors/describe-error.ts";
import { outsideZones } from "../page/natives.ts";
import type { Sightline } from "../sightline-options.ts";
import { routeTemplate } from "./route-template.ts";
import { wasHandled } from "./sightline-error-handler.ts";

/**
 * A failed navigation usually comes again, as a rejection or through the ErrorHandler, and is then
 * told as what nobody caught. Told first from here it would count as handled.
 */
const SILENT_AFTER_MILLIS = 1_000;

/** Tells the template of each page that is shown, and navigations that failed silently. */
export function followRouter(
  router: Pick<Router, "events" | "navigated" | "routerState">,
  sightline: Sightline,
): () => void {
  const tellRoute = () => sightline.setRoute(routeTemplate(router.routerState.snapshot.root));
  // `provideRouter(…, withEnabledBlockingInitialNavigation())` has navigated before the first component.
  if (router.navigated) tellRoute();
  const subscription = router.events.subscribe((event) => {
    if (event instanceof NavigationEnd) tellRoute();
    if (event instanceof NavigationError) tellLater(sightline, unwrapError(event.error));
  });
  return () => subscription.unsubscribe();
}

function tellLater(sightline: Sightline, error: unknown): void {
  // What is no object cannot be recognised when it comes again, and would be told twice.
  if (typeof error !== "object" || error === null) return;
  outsideZones(() => {
    setTimeout(() => {
      if (!wasHandled(error)) sightline.reportError(error, { handled: true });
    }, SILENT_AFTER_MILLIS);
  });
}
