import { dirname, relative, resolve, sep } from "node:path";
import { type PluginOptions, runPlugin } from "./plugin-options.ts";

export type { PluginOptions } from "./plugin-options.ts";

interface InitialOptions {
  sourcemap?: boolean | "linked" | "inline" | "external" | "both" | undefined;
  metafile?: boolean | undefined;
  readonly minify?: boolean | undefined;
  readonly minifyIdentifiers?: boolean | undefined;
  readonly write?: boolean | undefined;
  readonly outdir?: string | undefined;
  readonly outfile?: string | undefined;
  readonly absWorkingDir?: string | undefined;
}

interface BuildResult {
  readonly errors: readonly unknown[];
  readonly metafile?: { readonly outputs: Readonly<Record<string, unknown>> } | undefined;
}

interface Message {
  readonly text: string;
}

interface PluginBuild {
  readonly initialOptions: InitialOptions;
  // biome-ignore lint/suspicious/noExplicitAny: esbuild's own type of a result would be a dependency
  onEnd(run: (result: any) => Promise<{ errors?: Message[]; warnings?: Message[] } | null>): void;
}

/** A plugin of esbuild, written down here so that esbuild is no dependency. */
export interface SightlineEsbuildPlugin {
  readonly name: string;
  setup(build: PluginBuild): void;
}

/**
 * Debug ids into the build, its source maps to the gateway. Without `enabled`, on builds that minify.
 *
 * @example
 * await build({ …, minify: true, plugins: [sightline({ service: "shop-web" })] })
 */
export function sightline(options: PluginOptions): SightlineEsbuildPlugin {
  return {
    name: "sightline-source-maps",
    setup({ initialOptions, onEnd }) {
      const isProduction = initialOptions.minify || initialOptions.minifyIdentifiers;
      if (!(options.enabled ?? isProduction)) return;
      initialOptions.sourcemap ||= "external";
      // Tells which files it wrote: the folder may hold others, up to a whole project.
      initialOptions.metafile = true;
      onEnd((result: BuildResult) => finish(options, initialOptions, result));
    },
  };
}

async function finish(
  options: PluginOptions,
  { outdir, outfile, absWorkingDir, write }: InitialOptions,
  { errors, metafile }: BuildResult,
): Promise<{ errors?: Message[]; warnings?: Message[] } | null> {
  if (errors.length > 0) return null;
  const root = resolve(absWorkingDir ?? process.cwd());
  const target = outdir ?? (outfile && dirname(outfile));
  if (write === false || !target || metafile === undefined) {
    return { errors: [{ text: "source maps: esbuild must write its files (outdir or outfile)" }] };
  }
  const folder = resolve(root, target);
  const only = Object.keys(metafile.outputs).map((path) =>
    relative(folder, resolve(root, path)).split(sep).join("/"),
  );
  const outcome = await runPlugin(options, { folder, projectFolder: root, only });
  const toMessages = (texts: readonly string[]): Message[] =>
    texts.map((text) => ({ text: `source maps: ${text}` }));
  return { errors: toMessages(outcome.errors), warnings: toMessages(outcome.warnings) };
}
