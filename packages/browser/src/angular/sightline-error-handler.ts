import { ErrorHandler, inject } from "@angular/core";
import { outsideZones } from "../page/natives.ts";
import { SIGHTLINE } from "./sightline-token.ts";
import { unwrapError } from "./unwrap-error.ts";

/**
 * Tells what nobody caught, then prints it as Angular does. An application with an `ErrorHandler` of
 * its own extends this one, or calls `inject(SIGHTLINE)?.reportError(error)` in it.
 */
export class SightlineErrorHandler extends ErrorHandler {
  readonly #sightline = inject(SIGHTLINE, { optional: true });

  override handleError(error: unknown): void {
    // First: what is printed afterwards is recognised as told.
    outsideZones(() => this.#sightline?.reportError(unwrapError(error), { handled: false }));
    super.handleError(error);
  }
}
