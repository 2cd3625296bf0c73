import "@angular/compiler";
import {
  createEnvironmentInjector,
  type EnvironmentInjector,
  ErrorHandler,
  Injector,
  PLATFORM_ID,
} from "@angular/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { provideSightline } from "../../src/angular/provide-sightline.ts";
import { SIGHTLINE } from "../../src/angular/sightline-token.ts";

function createServerInjector(
  options: Parameters<typeof provideSightline>[0],
): EnvironmentInjector {
  const parent = Injector.create({ providers: [{ provide: PLATFORM_ID, useValue: "server" }] });
  const injector = createEnvironmentInjector(
    [provideSightline(options)],
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
});
