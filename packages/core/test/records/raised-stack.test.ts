import { describe, expect, it } from "vitest";
import { formatBrowserError, parseBrowserError } from "../../src/records/raised-stack.ts";

describe("the body of a browser's error", () => {
  it("is read back as it was written", () => {
    const shown = "TypeError: x\n    at total (src/cart.ts:1:2)";
    const raised = "    at t (https://a.example/a.js:1:2)";
    expect(parseBrowserError(formatBrowserError({ shown, raised }))).toEqual({ shown, raised });
    expect(parseBrowserError(formatBrowserError({ shown, raised: undefined }))).toEqual({
      shown,
      raised: undefined,
    });
  });

  it("may hold a message that looks like the heading", () => {
    const shown = "Error: x\nRaised as:\nnothing";
    const raised = "    at t (a.js:1:2)";
    expect(parseBrowserError(formatBrowserError({ shown, raised }))).toEqual({ shown, raised });
  });

  it("hides nothing of a message with the heading where it is all there is", () => {
    const body = formatBrowserError({ shown: "Error: x\nRaised as:\nmore", raised: undefined });
    expect(parseBrowserError(body)).toEqual({
      shown: "Error: x\nRaised as: \nmore",
      raised: undefined,
    });
  });
});
