import { type PluginOptions, runPlugin, toError } from "./plugin-options.ts";

export type { PluginOptions } from "./plugin-options.ts";

interface Stats {
  hasErrors(): boolean;
}

interface Logger {
  info(...texts: unknown[]): void;
  warn(...texts: unknown[]): void;
}

/** What is used of a compiler of webpack 5 or Rspack, so that neither is a dependency. */
interface Compiler {
  readonly context: string;
  readonly outputPath: string;
  readonly watchMode: boolean;
  readonly options: { readonly mode?: string | undefined; devtool?: unknown };
  readonly hooks: {
    readonly done: { tapPromise(name: string, run: (stats: Stats) => Promise<void>): void };
  };
  getInfrastructureLogger(name: string): Logger;
}

const NAME = "sightline-source-maps";

/**
 * Debug ids into the build, its source maps to the gateway, on production builds that do not watch.
 *
 * @example
 * plugins: [new SightlineSourceMaps({ service: "shop-web" })]
 */
export class SightlineSourceMaps {
  readonly #options: PluginOptions;

  constructor(options: PluginOptions) {
    this.#options = options;
  }

  // biome-ignore lint/suspicious/noExplicitAny: webpack's own type of it would be a dependency
  apply(anyCompiler: any): void {
    const compiler: Compiler = anyCompiler;
    const { mode } = compiler.options;
    // Without a mode webpack builds for production.
    if (!(this.#options.enabled ?? (mode === undefined || mode === "production"))) return;
    compiler.options.devtool ||= "hidden-source-map";
    compiler.hooks.done.tapPromise(NAME, async (stats) => {
      if (stats.hasErrors() || compiler.watchMode) return;
      const outcome = await runPlugin(this.#options, {
        folder: compiler.outputPath,
        projectFolder: compiler.context,
      });
      if (outcome.errors.length > 0) throw toError(outcome);
      const logger = compiler.getInfrastructureLogger(NAME);
      for (const warning of outcome.warnings) logger.warn(warning);
      logger.info(outcome.summary);
    });
  }
}
