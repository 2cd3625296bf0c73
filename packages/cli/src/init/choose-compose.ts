import type { ComposeFile } from "./project.ts";

export type ComposeChoice =
  | {
      readonly status: "chosen";
      readonly files: readonly ComposeFile[];
      readonly notes: readonly string[];
    }
  | { readonly status: "missing"; readonly path: string };

/** As Compose looks for them, the first counts. */
const BASE_NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDE_NAMES = [
  "compose.override.yaml",
  "compose.override.yml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

/** The files that are in use: those that were named, else those that Compose takes by itself. */
export function chooseComposeFiles(
  all: readonly ComposeFile[],
  named: readonly string[],
): ComposeChoice {
  const find = (path: string): ComposeFile | undefined => all.find((file) => file.path === path);
  const missing = named.find((path) => !find(path));
  if (missing !== undefined) return { status: "missing", path: missing };
  if (named.length > 0) {
    return { status: "chosen", files: named.flatMap((path) => find(path) ?? []), notes: [] };
  }
  const first = (names: readonly string[]): ComposeFile[] =>
    names.flatMap((name) => find(name) ?? []).slice(0, 1);
  const base = first(BASE_NAMES);
  const files = base.length > 0 ? [...base, ...first(OVERRIDE_NAMES)] : guess(all);
  const others = all.filter((file) => !files.includes(file)).map(({ path }) => path);
  const example = [...files.map(({ path }) => path), others[0]].join(" ");
  const notes =
    others.length === 0
      ? []
      : [`left aside: ${others.join(", ")}; to take one of them, too: --file ${example}`];
  return { status: "chosen", files, notes };
}

/** None that Compose takes by itself: the one for production is what runs. */
function guess(all: readonly ComposeFile[]): ComposeFile[] {
  return [...all.filter(({ path }) => /[.-]prod/.test(path)), ...all].slice(0, 1);
}
