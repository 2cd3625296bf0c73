import { resolve } from "node:path";
import { type PluginOptions, runPlugin, toError } from "./plugin-options.ts";

export type { PluginOptions } from "./plugin-options.ts";

interface Config {
  readonly root: string;
  readonly build: {
    readonly outDir: string;
    readonly ssr?: boolean | string;
    readonly watch?: unknown;
  };
  readonly logger: { info(text: string): void; warn(text: string): void };
}

interface UserConfig {
  readonly build?: { readonly sourcemap?: boolean | "inline" | "hidden" | undefined } | undefined;
}

/** A plugin of Vite 5 to 8, written down here so that Vite is no dependency. */
export interface SightlineVitePlugin {
  readonly name: string;
  readonly apply: "build";
  readonly enforce: "post";
  config(config: UserConfig): { build: { sourcemap: "hidden" } } | undefined;
  configResolved(config: Config): void;
  writeBundle(): void;
  readonly closeBundle: {
    readonly order: "post";
    readonly sequential: true;
    handler(): Promise<void>;
  };
}

/**
 * Debug ids into the build, its source maps to the gateway, on `vite build`. Not for builds of a
 * server (`build.ssr`) and not while watching.
 *
 * @example
 * plugins: [react(), sightline({ service: "shop-web" })]
 */
export function sightline(options: PluginOptions): SightlineVitePlugin {
  let config: Config | undefined;
  let hasWritten = false;
  return {
    name: "sightline-source-maps",
    apply: "build",
    enforce: "post",
    config({ build }) {
      if (options.enabled === false || build?.sourcemap) return undefined;
      return { build: { sourcemap: "hidden" } };
    },
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle() {
      hasWritten = true;
    },
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        // It is called after a build that failed, too.
        if (config === undefined || !hasWritten || !isWanted(options, config)) return;
        hasWritten = false;
        const { root, build, logger } = config;
        const folder = resolve(root, build.outDir);
        const outcome = await runPlugin(options, { folder, projectFolder: root });
        if (outcome.errors.length > 0) throw toError(outcome);
        for (const warning of outcome.warnings) logger.warn(`source maps: ${warning}`);
        logger.info(outcome.summary);
      },
    },
  };
}

function isWanted({ enabled }: PluginOptions, { build }: Config): boolean {
  return enabled ?? (!build.ssr && !build.watch);
}
