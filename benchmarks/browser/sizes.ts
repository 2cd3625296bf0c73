import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { PartContext } from "../part.ts";
import { formatFigure, type Section } from "../report.ts";
import { type Bundle, bundleCandidates } from "./bundles.ts";
import { CANDIDATES, FARO, OURS } from "./candidates.ts";

/** The most that the SDK may weigh over Faro itself. */
const LIMIT_OVER_FARO_BYTES = 8_192;

type Size = { readonly minified: number; readonly gzip: number };
type Sizes = { readonly eager: Size; readonly lazy: Size };

export async function measureSizes(context: PartContext): Promise<Section> {
  const bundles = await bundleCandidates(context);
  const sizes = CANDIDATES.map(({ name, program, takes }) => {
    const bundle = bundles.get(program);
    if (bundle === undefined) throw new Error(`no bundle of ${program}`);
    return { name, takes, ...sizesOf(bundle) };
  });
  const script = sizeOf([readFileSync(join(context.root, "packages/browser/dist/sightline.js"))]);
  const gzipOf = (wanted: string): number =>
    sizes.find(({ name }) => name === wanted)?.eager.gzip ?? Number.NaN;
  return {
    part: "sizes",
    title: "Size of what a page loads",
    tables: [
      {
        columns: ["", "minified, KB", "gzip -9, KB", "later, gzip -9, KB", "takes"],
        rows: [
          ...sizes.map(({ name, takes, eager, lazy }) => [
            name,
            kilobytes(eager.minified),
            kilobytes(eager.gzip),
            lazy.gzip === 0 ? "–" : kilobytes(lazy.gzip),
            takes,
          ]),
          [
            "sightline.js, for pages without a build",
            kilobytes(script.minified),
            kilobytes(script.gzip),
            "–",
            "the same as @sightline/browser",
          ],
        ],
      },
    ],
    targets: [
      {
        name: "@sightline/browser over Faro itself, gzip",
        value: gzipOf(OURS) - gzipOf(FARO),
        limit: LIMIT_OVER_FARO_BYTES,
        unit: "bytes",
      },
    ],
    notes: [
      "All bundled in one run by esbuild: minified, ES2022, each with the parts switched on that its row names. “Later” is what a candidate loads only when it needs it. KB is 1,000 bytes.",
    ],
    data: { sizes, script },
  };
}

function sizesOf({ eager, lazy, files }: Bundle): Sizes {
  const bytesOf = (names: readonly string[]): Buffer[] =>
    names.map((name) => files.get(name) ?? Buffer.alloc(0));
  return { eager: sizeOf(bytesOf(eager)), lazy: sizeOf(bytesOf(lazy)) };
}

function sizeOf(files: readonly Buffer[]): Size {
  const sum = (lengths: readonly number[]): number => lengths.reduce((all, one) => all + one, 0);
  return {
    minified: sum(files.map((bytes) => bytes.length)),
    gzip: sum(files.map((bytes) => gzipSync(bytes, { level: 9 }).length)),
  };
}

function kilobytes(bytes: number): string {
  return formatFigure(bytes / 1_000);
}
