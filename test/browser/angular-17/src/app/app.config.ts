import { provideHttpClient } from "@angular/common/http";
import { type ApplicationConfig, ENVIRONMENT_INITIALIZER, inject, NgZone } from "@angular/core";
import { provideRouter } from "@angular/router";
import { provideSightline } from "@sightline/browser/angular";
import { routes } from "./app.routes";

/** Angular checks the page again after each of these. */
function countStirs(): void {
  const counter = window as unknown as { stirs: number };
  counter.stirs = 0;
  inject(NgZone).onMicrotaskEmpty.subscribe(() => {
    counter.stirs += 1;
  });
}

export const appConfig: ApplicationConfig = {
  providers: [
    provideSightline({ key: "example-angular-key", release: "17.0.0" }),
    { provide: ENVIRONMENT_INITIALIZER, multi: true, useValue: countStirs },
    provideHttpClient(),
    provideRouter(routes),
  ],
};
