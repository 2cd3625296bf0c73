import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createBrowser } from "./browser.ts";
import { createContainers } from "./containers.ts";
import { createNodeRuntime } from "./node-runtime.ts";
import { createServiceOverview } from "./service-overview.ts";
import { createSlos } from "./slos.ts";

export interface GeneratedFile {
  /** Relative to the root of the repository. Grafana reads the folder `dashboards/`. */
  readonly path: string;
  readonly text: string;
}

/** Every dashboard that is generated, as the exact text of its file. */
export function generateDashboards(): GeneratedFile[] {
  return [
    { path: "dashboards/service-overview.json", text: toText(createServiceOverview()) },
    { path: "dashboards/containers.json", text: toText(createContainers()) },
    { path: "dashboards/node-runtime.json", text: toText(createNodeRuntime()) },
    { path: "dashboards/browser.json", text: toText(createBrowser()) },
    { path: "dashboards/slos.json", text: toText(createSlos()) },
  ];
}

function toText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Those of the files that are missing below `root`, or hold another text there. */
export function findOutdated(root: string, files: readonly GeneratedFile[]): GeneratedFile[] {
  return files.filter(({ path, text }) => readIfThere(join(root, path)) !== text);
}

/** For CI and `npm run generate -- --check`. */
export function explainOutdated({ path }: GeneratedFile): string {
  return `"${path}" differs from what its generator writes; run "npm run generate" and commit the result`;
}

export function writeGenerated(root: string, files: readonly GeneratedFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
