import type { BuildFault } from "./build-faults.ts";
import type { BuildReport } from "./build-report.ts";

const MAX_PATHS = 5;

/** A fault for people, one line: `assets/main.js: it has no source map. Errors in …`. */
export function describeFault({ path, message, advice }: BuildFault): string {
  return `${path === "" ? "" : `${path}: `}${message}. ${advice}`;
}

/** Faults for people: those that differ in their file alone are one line. */
export function describeFaults(faults: readonly BuildFault[]): string[] {
  const groups = new Map<string, BuildFault[]>();
  for (const fault of faults) {
    const key = `${fault.kind} ${fault.message}`;
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [BuildFault, ...BuildFault[]];
    const paths = group.map(({ path }) => path);
    const more = paths.length - MAX_PATHS;
    const shown = paths.slice(0, MAX_PATHS).join(", ") + (more > 0 ? ` and ${more} more` : "");
    return describeFault({ ...first, path: shown });
  });
}

/** What was done, one line. */
export function describeReport({ files, removed, service, mapsFolder }: BuildReport): string {
  const stored = files.filter(({ status }) => status === "stored");
  const bytes = stored.reduce((sum, file) => sum + file.mapBytes, 0);
  const before = files.length - stored.length;
  return [
    `${stored.length} source maps of ${service} stored in ${mapsFolder} (${Math.ceil(bytes / 1024)} KiB)`,
    `${removed.length} map files taken out of the build`,
    ...(before > 0 ? [`${before} files done before`] : []),
  ].join(", ");
}
