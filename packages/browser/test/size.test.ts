import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const PACKAGE = join(import.meta.dirname, "..");

/** Bytes of a program as pages load it: bundled, minified, gzip -9. */
async function gzipSizeOf(program: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: PACKAGE, loader: "ts" },
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}

// The README says so, and a page that changes from Faro to us must not get heavier.
it("is smaller as a whole, queue and masking included, than @grafana/faro-web-sdk alone", async () => {
  const faro = await gzipSizeOf(`
    import { initializeFaro } from "@grafana/faro-web-sdk";
    initializeFaro({ url: "/sl/c/key", app: { name: "shop" } });
  `);
  const ours = await gzipSizeOf(`
    import { startSightline } from "./src/index.ts";
    startSightline({ key: "shop-key-1" });
  `);
  expect(faro).toBeGreaterThan(35_000);
  expect(ours).toBeLessThan(faro);
});
