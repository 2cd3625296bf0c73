import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { openMapFolder } from "../../src/resolve/map-folder.ts";
import { type TestBuild, testBuild } from "../support/build.ts";
import { minify } from "../support/minify.ts";

/** Each `mark(n)` is a place whose function is asked for. */
async function functionsAt(
  source: string,
  { target, code, map }: { target?: string; code?: string; map?: string } = {},
): Promise<Record<string, string | undefined>> {
  const built = code === undefined ? minify(source, target ? { target } : {}) : { code, map };
  const folder = testBuild({ "main.js": built.code, "main.js.map": built.map ?? "" });
  await folder.processWell();
  return readMarks(folder, "main.js");
}

function readMarks(folder: TestBuild, path: string): Record<string, string | undefined> {
  const script = folder.read(path);
  const debugId = /debugId=([0-9a-f-]{36})\s*$/.exec(script)?.[1] ?? "";
  const marks = [...script.matchAll(/mark\((\d+)\)/g)];
  const frames = marks.map(({ index }) => {
    const before = script.slice(0, index).split("\n");
    return { debugId, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  });
  const found = openMapFolder({ mapsFolder: folder.mapsFolder }).resolve("shop", frames);
  return Object.fromEntries(
    found.map((frame, index) => [
      marks[index]?.[1] ?? "",
      frame.status === "resolved" ? frame.function : frame.reason,
    ]),
  );
}

describe.each(["es2022", "es2015"])("names of functions in code minified for %s", (target) => {
  it.each<[string, string, string | undefined]>([
    ["a function", "export function total() { mark(1) }", "total"],
    ["an async function", "export async function total() { await 0; mark(1) }", "total"],
    ["a generator", "export function* total() { yield mark(1) }", "total"],
    ["an arrow in a variable", "export const total = (n: number) => mark(1)", "total"],
    ["an async arrow", "export const total = async (n: number) => { await n; mark(1) }", "total"],
    ["a function in a variable", "export const total = function () { mark(1) }", "total"],
    ["a function with a name of its own", "export const x = function total() { mark(1) }", "total"],
    ["a callback", "export function total(a: any[]) { return a.map((x) => mark(1)) }", "total"],
    [
      "a callback in a variable",
      "export function f(a: any) { const b = a.map(() => mark(1)); return b }",
      "f",
    ],
    ["a callback outside of functions", "addEventListener('x', () => mark(1))", undefined],
    ["code outside of functions", "mark(1)", undefined],
    [
      "a function in a function",
      "export function a() { return function inner() { mark(1) } }",
      "inner",
    ],
    ["code behind a function in it", "export function a() { (function b() {})(); mark(1) }", "a"],
    [
      "a wrapped function",
      "export const Cart = memo((props: any) => mark(1)); declare const memo: any",
      "Cart",
    ],
    ["a method of an object", "export const api = { load() { mark(1) } }", "load"],
    ["an arrow in an object", "export const api = { load: () => mark(1) }", "load"],
    ["a getter", "export const api = { get load() { return mark(1) } }", "load"],
    ["a default value", "export function a(load = () => mark(1)) { load() }", "load"],
    [
      "what is assigned to a member",
      "declare const o: any; o.load = function () { mark(1) }",
      "load",
    ],
    [
      "a method of a prototype",
      "function Cart() {} Cart.prototype.total = function () { mark(1) }; export { Cart }",
      "Cart.total",
    ],
    ["a key that is no name", "export const m = { '/path': () => mark(1), 7: () => 0 }", undefined],
  ])("%s", async (_, source, expected) => {
    expect(await functionsAt(source, { target })).toEqual({ 1: expected });
  });

  it("classes: methods, accessors, constructors, static and private ones", async () => {
    const source = `export class Cart extends mark.Base {
      static open() { mark(1) }
      constructor() { super(); mark(2) }
      total() { mark(3) }
      async save() { await 0; mark(4) }
      get first() { return mark(5) }
      #secret() { mark(6) }
      use() { this.#secret() }
    }
    export const Shelf = class { fill() { mark(7) } };
    export default class { close() { mark(8) } }`;
    expect(await functionsAt(source, { target })).toEqual({
      1: "Cart.open",
      2: "new Cart",
      3: "Cart.total",
      4: "Cart.save",
      5: "Cart.first",
      6: target === "es2022" ? "Cart.#secret" : "#secret",
      7: "Shelf.fill",
      8: "close",
    });
  });

  it("fields and their arrows end with the same name, moved into the constructor or not", async () => {
    const source = `export class Cart {
      onChange = (x: number) => mark(1);
      items = [mark(2)];
    }`;
    const found = await functionsAt(source, { target });
    expect(found["1"]?.split(".").at(-1)).toBe("onChange");
    expect(found["2"]).toBe("new Cart");
  });
});

describe("names of functions", () => {
  it("are those of the source where a minifier put the code somewhere else", async () => {
    const source = `function price(item) {
  return mark(1);
}
const tax = (item) =>
  mark(2);
class Cart {
  total(
    items,
  ) {
    return mark(3);
  }
}
export function pay(items) {
  if (items.length > 0) {
    return [mark(1), mark(2), mark(3), mark(4)];
  }
}
`;
    const lineOf = (text: string): number => source.split("\n").findIndex((l) => l.includes(text));
    const code = "function p(){mark(1);mark(2);mark(3);mark(4)}";
    const at = (number: number): number => code.indexOf(`mark(${number})`);
    const places = [
      [1, lineOf("return mark(1);")],
      [2, lineOf("  mark(2);")],
      [3, lineOf("return mark(3);")],
      [4, lineOf("mark(4)")],
    ] as const;
    const map = JSON.stringify({
      version: 3,
      sections: [
        section(0, source, lineOf("export function pay"), 7),
        section(9, source, lineOf("export function pay"), 16),
        ...places.map(([number, line]) => section(at(number), source, line, 4)),
      ],
    });
    expect(await functionsAt("", { code, map })).toEqual({
      1: "price",
      2: "tax",
      3: "total",
      4: "pay",
    });
  });

  it("are taken from the list of names where the map has no text of the source", async () => {
    const { code, map } = minify("export function total(items: any) { items.x; mark(1) }");
    const { sourcesContent: _, ...bare } = JSON.parse(map);
    expect(await functionsAt("", { code, map: JSON.stringify(bare) })).toEqual({ 1: "total" });
  });

  it("are not those that a bundler makes up", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import "./cjs.cjs"; import("./lazy.js");`,
        resolveDir: "/",
        sourcefile: "src/main.js",
      },
      plugins: [
        {
          name: "memory",
          setup(plugin) {
            plugin.onResolve({ filter: /cjs|lazy/ }, ({ path }) => ({ path, namespace: "memory" }));
            plugin.onLoad({ filter: /.*/, namespace: "memory" }, ({ path }) => ({
              contents: path.includes("cjs")
                ? "mark(1); exports.load = () => mark(2)"
                : "mark(3); export const f = () => mark(4)",
            }));
          },
        },
      ],
      bundle: true,
      minify: true,
      sourcemap: "external",
      outdir: "/none",
      write: false,
      format: "esm",
    });
    const [map, script] = [".map", ".js"].map(
      (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "",
    );
    const found = await functionsAt("", { code: script ?? "", map: map ?? "" });
    expect(found).toEqual({ 1: undefined, 2: "load", 3: undefined, 4: "f" });
  });
});

/** A map of one place: a column of the built line is a place of the source. */
function section(column: number, source: string, line: number, sourceColumn: number): object {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const vlq = (number: number): string => {
    const value = number * 2;
    return value < 32 ? `${digits[value]}` : `${digits[(value & 31) | 32]}${digits[value >> 5]}`;
  };
  return {
    offset: { line: 0, column },
    map: {
      version: 3,
      names: [],
      sources: ["../src/cart.ts"],
      sourcesContent: [source],
      mappings: `AA${vlq(line)}${vlq(sourceColumn)}`,
    },
  };
}
