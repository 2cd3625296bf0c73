import "@angular/compiler";
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  ErrorHandler,
  Injector,
  PLATFORM_ID,
  type Provider,
} from "@angular/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { provideSightline } from "../../src/angular/provide-sightline.ts";
import { SightlineErrorHandler } from "../../src/angular/sightline-error-handler.ts";
import { SIGHTLINE } from "../../src/angular/sightline-token.ts";

function createServerInjector(
  options: Parameters<typeof provideSightline>[0],
  ...own: Provider[]
): EnvironmentInjector {
  const parent = Injector.create({ providers: [{ provide: PLATFORM_ID, useValue: "server" }] });
  const injector = createEnvironmentInjector(
    [provideSightline(options), ...own],
    parent as EnvironmentInjector,
  );
  onTestFinished(() => injector.destroy());
  return injector;
}

describe("provideSightline on a server", () => {
  it("starts nothing and asks for no options", () => {
    const options = vi.fn(() => ({ key: "a-key-of-the-page" }));
    const injector = createServerInjector(options);
    expect(injector.get(SIGHTLINE)).toBeUndefined();
    expect(options).not.toHaveBeenCalled();
  });

  it("prints errors once, as Angular does", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => print.mockRestore());
    const error = new Error("while rendering");
    createServerInjector({ key: "a-key-of-the-page" }).get(ErrorHandler).handleError(error);
    expect(print.mock.calls).toEqual([["ERROR", error]]);
  });

  it("leaves room for an ErrorHandler that goes on from ours", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => print.mockRestore());
    class Own extends SightlineErrorHandler {
      readonly seen: unknown[] = [];
      override handleError(error: unknown): void {
        super.handleError(error);
        this.seen.push(error);
      }
    }
    const own = { provide: ErrorHandler, useClass: Own };
    const handler = createServerInjector({ key: "a-key-of-the-page" }, own).get(ErrorHandler);
    handler.handleError("a text");
    expect((handler as Own).seen).toEqual(["a text"]);
    expect(print).toHaveBeenCalledTimes(1);
  });
});
