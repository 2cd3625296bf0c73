import { ErrorHandler, inject } from "@angular/core";
import { unwrapError } from "../errors/describe-error.ts";
import { outsideZones } from "../page/natives.ts";
import { SIGHTLINE } from "./sightline-token.ts";

const told = new WeakSet<object>();

/** Whether an `ErrorHandler` has had this very error. */
export function wasHandled(error: object): boolean {
  return told.has(error);
}

/**
 * Tells what nobody caught, then prints it as Angular does. An application with an `ErrorHandler` of
 * its own extends this one, or calls `inject(SIGHTLINE)?.reportError(error)` in it.
 */
export class SightlineErrorHandler extends ErrorHandler {
  readonly #sightline = inject(SIGHTLINE, { optional: true });

  override handleError(error: unknown): void {
    const thrown = unwrapError(error);
    if (typeof thrown === "object" && thrown !== null) told.add(thrown);
    // First: what is printed afterwards is recognised as told.
    outsideZones(() => this.#sightline?.reportError(thrown, { handled: false }));
    super.handleError(error);
  }
}
