import { describe, expect, it } from "vitest";
import { cleanSourcePath } from "../../src/map/clean-source-path.ts";

describe("cleanSourcePath", () => {
  it.each([
    ["../../src/cart.ts", "src/cart.ts"],
    ["./src/./cart.ts", "src/cart.ts"],
    ["webpack://shop/./src/cart.ts?1a2b", "src/cart.ts"],
    ["webpack:///./src/cart.ts", "src/cart.ts"],
    ["webpack:///src/cart.ts", "src/cart.ts"],
    ["webpack://@team/shop/./src/cart.ts", "src/cart.ts"],
    ["webpack://@team/shop/src/cart.ts", "src/cart.ts"],
    ["webpack://shop/../shared/a.ts", "shared/a.ts"],
    ["webpack://shop/webpack/bootstrap", "webpack/bootstrap"],
    ["webpack-internal:///(rsc)/./src/a.ts", "src/a.ts"],
    ["turbopack:///[project]/src/a.ts", "src/a.ts"],
    ["file:///home/ci/app/src/a.ts", "/home/ci/app/src/a.ts"],
    ["C:\\work\\app\\src\\a.ts", "C:/work/app/src/a.ts"],
    ["src/App.vue?vue&type=script&lang.ts", "src/App.vue"],
    ["\0vite/preload-helper.js", "vite/preload-helper.js"],
    ["../node_modules/react/index.js", "node_modules/react/index.js"],
    ["a/\u001b[31m/b.ts", "a/[31m/b.ts"],
    ["", ""],
  ])("makes %j %j", (source, expected) => {
    expect(cleanSourcePath(source)).toBe(expected);
  });

  it("keeps the end of a path that is absurdly long", () => {
    expect(cleanSourcePath(`${"a/".repeat(5_000)}cart.ts`)).toHaveLength(512);
    expect(cleanSourcePath(`${"a/".repeat(5_000)}cart.ts`).endsWith("/cart.ts")).toBe(true);
  });
});
