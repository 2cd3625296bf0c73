import type { BuildFault } from "../build/build-faults.ts";
import { hasErrors } from "../build/build-report.ts";
import type { BuildInput } from "../build/plan-build.ts";
import { processBuild } from "../build/process-build.ts";
import { describeFaults, describeReport } from "../build/report-text.ts";
import { defaultMapsFolder } from "../store/default-maps-folder.ts";
import type { Retention } from "../store/map-store.ts";

export interface PluginOptions {
  /** `service.name` of the app, `[a-z0-9][a-z0-9._-]{0,62}`. */
  readonly service: string;
  /** Where the maps go. Default: `<SIGHTLINE_DATA>/gateway/maps`, where this machine's gateway reads. */
  readonly mapsFolder?: string;
  /** `service.version` of the build; kept in the maps for people. */
  readonly release?: string;
  /** Which maps of earlier builds stay. */
  readonly retention?: Retention;
  /** Default: production builds alone. */
  readonly enabled?: boolean;
}

export interface PluginOutcome {
  /** One line. */
  readonly summary: string;
  readonly warnings: readonly string[];
  /** Where there are any, nothing was written. */
  readonly errors: readonly string[];
}

export async function runPlugin(
  options: PluginOptions,
  build: Pick<BuildInput, "folder" | "projectFolder" | "only">,
): Promise<PluginOutcome> {
  const report = await processBuild({
    ...build,
    service: options.service,
    mapsFolder: options.mapsFolder ?? defaultMapsFolder(process.env),
    ...(options.release !== undefined && { release: options.release }),
    ...(options.retention !== undefined && { retention: options.retention }),
  });
  const texts = (severity: BuildFault["severity"]): string[] =>
    describeFaults(report.faults.filter((fault) => fault.severity === severity));
  return {
    summary: hasErrors(report) ? "nothing was written" : describeReport(report),
    warnings: texts("warning"),
    errors: texts("error"),
  };
}

/** What a bundler shows when it stops. */
export function toError({ errors }: PluginOutcome): Error {
  return new Error(`source maps: ${errors.join("\n")}`);
}
