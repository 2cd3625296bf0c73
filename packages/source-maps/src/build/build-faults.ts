/** What can be wrong with a build: how bad it is, and what to do about it. */
export const BUILD_FAULTS = {
  no_folder: {
    severity: "error",
    advice: "Build the app first, and give the folder that is published.",
  },
  bad_service: {
    severity: "error",
    advice:
      "It is the service.name of the app: a-z, 0-9, dot, dash and underscore, at most 63, no dash or dot in front.",
  },
  maps_in_build: {
    severity: "error",
    advice: "Choose a folder for the maps that is not published.",
  },
  maps_folder: {
    severity: "error",
    advice: "Give a folder for the maps that you can write to; links inside it are not followed.",
  },
  no_code: {
    severity: "error",
    advice: "Give the folder that holds the built .js files.",
  },
  no_maps_at_all: {
    severity: "error",
    advice:
      'Turn source maps on: build.sourcemap: "hidden" (Vite), devtool: "hidden-source-map" (webpack), "sourceMap": {"scripts": true, "hidden": true} (Angular CLI), sourcemap: "external" (esbuild).',
  },
  no_map: {
    severity: "warning",
    advice: "Errors in this file stay minified; turn its source map on if it is yours.",
  },
  map_missing: {
    severity: "warning",
    advice: "Errors in this file stay minified; build again, or remove the comment.",
  },
  map_elsewhere: {
    severity: "error",
    advice: "Nothing is downloaded: let the build write the map beside its file.",
  },
  bad_map: {
    severity: "error",
    advice: "Build again; a source map of version 3 was expected.",
  },
  map_too_large: {
    severity: "error",
    advice: "Split the file: bundlers call it code splitting or manual chunks.",
  },
  map_of_another_file: {
    severity: "error",
    advice: "Empty the folder and build again: a file and its map are of two builds.",
  },
  orphan_map: {
    severity: "error",
    advice: "Delete it before you publish: it shows your sources to everybody.",
  },
  map_lost: {
    severity: "error",
    advice:
      "Build again, or give the folder of maps that the first run wrote to: its map is no longer in the build.",
  },
  same_id: {
    severity: "error",
    advice: "Turn debug ids off in the bundler: they are then made of path and code.",
  },
  not_utf8: {
    severity: "error",
    advice: "Let the bundler write UTF-8.",
  },
  no_function_names: {
    severity: "warning",
    advice: "Stacks show file and line of the source, and the function as the browser names it.",
  },
  wrong_integrity: {
    severity: "error",
    advice: "The page would not load this file even now: build again, and add integrity last.",
  },
  link: {
    severity: "warning",
    advice: "Links are not followed; copy the file if it is part of the build.",
  },
} as const;

export type BuildFaultKind = keyof typeof BUILD_FAULTS;

export interface BuildFault {
  readonly kind: BuildFaultKind;
  readonly severity: "error" | "warning";
  /** Below the folder of the build, with slashes; empty where it is about all of it. */
  readonly path: string;
  /** What happened, with the value. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

export function buildFault(kind: BuildFaultKind, path: string, message: string): BuildFault {
  const { severity, advice } = BUILD_FAULTS[kind];
  return { kind, severity, path, message, advice };
}
