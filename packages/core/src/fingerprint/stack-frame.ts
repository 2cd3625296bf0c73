/** One call in a stack. Line and column are for people; they are never part of a fingerprint. */
export interface StackFrame {
  /** As the engine wrote it; absent for code outside a function. */
  readonly function?: string;
  /** File or URL as the engine wrote it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** Written by the team itself: not a dependency, not the runtime, not a browser extension. */
  readonly inApp: boolean;
  /**
   * What a fingerprint takes of it, where the language has rules of its own; empty for a frame that
   * a compiler or proxy made up. Absent for JavaScript: file and function are normalised there.
   */
  readonly key?: string;
}

const LIBRARY =
  /(?:^|[\\/])(?:node_modules|bower_components|\.pnpm|\.yarn)[\\/]|^(?:node:|internal\/|self-hosted$|native$|\[native code\]$|wasm:)|^[a-z-]{1,30}-extension:|^webpack\/(?:bootstrap|runtime)|[\\/](?:webpack|turbopack)[\\/](?:bootstrap|runtime)|\(webpack\)|^<anonymous>$|(?:^|[\\/])(?:(?:vendors?|polyfills?|zone)(?:[.~-][^\\/]*)?|(?:framework|runtime)[.~-][^\\/]+)\.m?js$/i;

/** Whether a frame of this file is the team's own code. No file (native, eval) is not. */
export function isInAppFile(file: string | undefined): boolean {
  return file !== undefined && file !== "" && !LIBRARY.test(file);
}

/** Function name without what engines add around it; empty where there is no name of its own. */
export function normalizeFunction(name: string | undefined): string {
  if (name === undefined) return "";
  const bare = name
    .slice(0, 256)
    .replace(/ \[as [^\]]{0,200}\]$/, "")
    .replace(/^(?:async |new |get |set |static |bound )+/, "")
    .replace(/^(?:async\*|promise callback\*|setTimeout handler\*)/, "");
  // Firefox: `outer/inner` is a function in a function, `outer/<` one without a name.
  const last = bare.split(/[./#]/).at(-1) ?? "";
  // One letter is a minifier's name; it changes with every build.
  return ANONYMOUS.has(last) || last.length < 2 ? "" : last;
}

const ANONYMOUS: ReadonlySet<string> = new Set([
  "",
  "?",
  "<",
  "<anonymous>",
  "anonymous",
  "eval",
  "eval code",
  "global code",
  "module code",
  "[native code]",
]);

/** File names that say nothing without their folder. */
const GENERIC: ReadonlySet<string> = new Set(["index", "main", "mod", "page", "route", "layout"]);

const BUNDLE_HASH =
  /[.-]([0-9A-Za-z_]{6,32})(?=(?:\.(?:chunk|bundle|min|module|esm|prod))*\.[cm]?[jt]sx?$)/;
const EXTENSION = /(?:\.(?:chunk|bundle|min|module|esm|prod))*\.(?:[cm]?[jt]sx?|vue|svelte)$/;

/**
 * File of a frame as it goes into a fingerprint: the same on every machine, browser, build and
 * deploy folder. Base name without query, bundler hash and extension; the folder too where the name
 * alone says nothing (`orders/index`); the package for a dependency (`express/router`).
 */
export function normalizeFile(file: string | undefined): string {
  if (file === undefined) return "";
  const path = file
    .slice(-1024)
    .replace(/[?#].*$/, "")
    .replace(/\\/g, "/");
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  const base = stripHash(segments.at(-1) ?? "").replace(EXTENSION, "");
  const packageName = packageOf(segments);
  if (packageName !== undefined) return `${packageName}/${base}`;
  const parent = segments.at(-2);
  return GENERIC.has(base) && parent !== undefined && !parent.includes(":")
    ? `${parent}/${base}`
    : base;
}

function packageOf(segments: readonly string[]): string | undefined {
  const index = segments.lastIndexOf("node_modules");
  const name = index < 0 ? undefined : segments[index + 1];
  return name?.startsWith("@") ? `${name}/${segments[index + 2] ?? ""}` : name;
}

function stripHash(base: string): string {
  const hash = BUNDLE_HASH.exec(base)?.[1];
  return hash === undefined || !looksLikeHash(hash) ? base : base.replace(BUNDLE_HASH, "");
}

/** `profile` in `user-profile.js` is a word; a hash has a digit or changes case in the middle. */
function looksLikeHash(text: string): boolean {
  return /\d/.test(text) || (text.length === 8 && /[a-z]/.test(text) && /[A-Z].*[A-Z]/.test(text));
}
