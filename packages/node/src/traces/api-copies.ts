import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { requireHere } from "../require-here.ts";

const API = "@opentelemetry/api";

export type ApiCopy = { readonly directory: string; readonly version: string };

export type ApiCopies = {
  readonly own: ApiCopy | undefined;
  /** Loaded already, or what the application gets when it asks for one. */
  readonly others: readonly ApiCopy[];
};

/**
 * Looks for further copies of the API: among the CommonJS modules that are loaded, and where the
 * application's own `import` would find one. Copies of different minor versions refuse each other
 * without a word, which is how spans and log records disappear.
 */
export function findApiCopies(script: string | undefined): ApiCopies {
  const require = requireHere();
  const own = readCopy(resolveFrom(() => require));
  const files = Object.keys(require.cache).filter((file) => IN_API.test(file));
  // A process manager may have put anything in the place of the script.
  if (script !== undefined) files.push(resolveFrom(() => createRequire(resolve(script))) ?? "");
  const others = new Map<string, ApiCopy>();
  for (const file of files) {
    const copy = readCopy(file);
    if (copy !== undefined && copy.directory !== own?.directory) others.set(copy.directory, copy);
  }
  return { own, others: [...others.values()] };
}

/**
 * What to tell people of the copies, undefined where all is well.
 *
 * @param isRefused whether another copy holds the globals, so that ours could not register
 */
export function describeApiCopies(
  { own, others }: ApiCopies,
  isRefused: boolean,
): string | undefined {
  if (own === undefined || others.length === 0) return undefined;
  const newer = others.filter(({ version }) => minorOf(version) > minorOf(own.version));
  // An older copy finds what ours registered, and all goes well.
  if (!isRefused && newer.length === 0) return undefined;
  const list = others.map(({ directory, version }) => `${version} in ${directory}`).join(", ");
  const effect = isRefused
    ? "the older one came first, so tracing is left to it"
    : "what is recorded through the newer one is lost";
  return (
    `there are several copies of ${API}: ${own.version} of this package, ${list}; ${effect}. ` +
    `"npm ls ${API}" shows who asks for them, "npm dedupe" often helps`
  );
}

const IN_API = /[\\/]node_modules[\\/]@opentelemetry[\\/]api[\\/]/;

function readCopy(file: string | undefined): ApiCopy | undefined {
  const match = file === undefined ? undefined : IN_API.exec(file);
  if (!match || file === undefined) return undefined;
  const directory = file.slice(0, match.index + match[0].length - 1);
  try {
    const { version } = JSON.parse(readFileSync(`${directory}/package.json`, "utf8"));
    return typeof version === "string" ? { directory, version } : undefined;
  } catch {
    return undefined;
  }
}

function resolveFrom(getRequire: () => NodeJS.Require): string | undefined {
  try {
    return getRequire().resolve(API);
  } catch {
    return undefined;
  }
}

function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}
