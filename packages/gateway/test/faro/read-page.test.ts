import { describe, expect, it } from "vitest";
import { createMasking } from "../../src/faro/masking.ts";
import { readPage } from "../../src/faro/read-page.ts";

const masking = createMasking({ allowCategories: [], denyPatterns: ["ORD-\\d+"] });
const pathOf = (url: unknown): string | undefined => readPage({ page: { url } }, masking).path;

describe("where, with what and who", () => {
  it("is nothing where the page says nothing, or anything", () => {
    for (const meta of [undefined, null, 5, [], "x", { app: 5, browser: [], page: { url: {} } }]) {
      const { browser, ...rest } = readPage(meta, masking);
      expect(Object.values({ ...rest, ...browser }).filter((value) => value !== undefined)).toEqual(
        [],
      );
    }
  });

  it("has the path of the address alone, without secrets in it", () => {
    expect(pathOf("https://ann:pw@shop.example/orders/17?token=1#x")).toBe("/orders/17");
    expect(pathOf("/orders/17?a=b")).toBe("/orders/17");
    expect(pathOf("https://shop.example/ORD-12345/ann@example.com")).toBe(
      "/[redacted:custom]/[redacted:email]",
    );
    expect(pathOf("about:blank")).toBeUndefined();
    expect(pathOf("not an address")).toBeUndefined();
  });

  it("leaves out what Faro writes where it does not know", () => {
    const { browser, view } = readPage(
      {
        view: { name: "default" },
        browser: { name: "unknown", version: "unknown", os: "unknown unknown", language: "de-AT" },
      },
      masking,
    );
    expect(view).toBeUndefined();
    expect({ ...browser }).toEqual({
      name: undefined,
      version: undefined,
      osName: undefined,
      mobile: undefined,
      language: "de-AT",
    });
  });

  it("takes the system without its version", () => {
    const osOf = (os: string): string | undefined =>
      readPage({ browser: { os } }, masking).browser.osName;
    expect(osOf("Windows 10.0")).toBe("Windows");
    expect(osOf("macOS 10.15.7")).toBe("macOS");
    expect(osOf("Chrome OS 16000.1")).toBe("Chrome OS");
    expect(osOf("Linux")).toBe("Linux");
    expect(osOf("Linux unknown")).toBe("Linux");
  });

  it("takes numbers for ids of users, and nothing that is a document", () => {
    expect(readPage({ user: { id: 42 } }, masking).userId).toBe("42");
    for (const id of ["", "  ", {}, "x".repeat(2_000), Number.NaN]) {
      expect(readPage({ user: { id } }, masking).userId).toBeUndefined();
    }
  });
});
