import { transformSync } from "esbuild";

export interface Minified {
  readonly code: string;
  readonly map: string;
}

/** A source as a bundler gives it out: minified, with its map. */
export function minify(source: string, options: { target?: string; file?: string } = {}): Minified {
  return transformSync(source, {
    loader: "ts",
    format: "esm",
    minify: true,
    target: options.target ?? "es2022",
    sourcemap: "external",
    sourcefile: options.file ?? "../src/cart.ts",
  });
}
