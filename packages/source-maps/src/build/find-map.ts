import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { MAX_MAP_BYTES } from "../store/map-path.ts";

/** Sources within it make a map several times as large as what is stored of it. */
export const MAX_INPUT_BYTES: number = 4 * MAX_MAP_BYTES;

export type MapText =
  | {
      readonly status: "found";
      readonly text: string;
      /** Below the folder of the build; undefined for a map inside its file. */
      readonly path: string | undefined;
    }
  | { readonly status: "none" }
  | { readonly status: "missing"; readonly path: string }
  | { readonly status: "elsewhere"; readonly url: string }
  | { readonly status: "too_large"; readonly bytes: number }
  | { readonly status: "bad"; readonly message: string };

/**
 * The map of a built file: inside it, where its comment says, or (hidden maps) beside it. Never from
 * another place than the folder of the build.
 *
 * @param path of the built file, below the folder
 */
export function findMap(folder: string, path: string, mapUrl: string | undefined): MapText {
  if (mapUrl?.startsWith("data:")) return readInline(mapUrl);
  const beside = `${path}.map`;
  if (mapUrl === undefined || mapUrl === "") {
    return isFile(join(folder, beside)) ? readText(folder, beside) : { status: "none" };
  }
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(mapUrl)) {
    // `sourceMappingURL` may name the public address of the very file that lies here.
    return isFile(join(folder, beside))
      ? readText(folder, beside)
      : { status: "elsewhere", url: mapUrl };
  }
  const target = targetOf(path, mapUrl);
  if (target === undefined || target.startsWith("../")) return { status: "elsewhere", url: mapUrl };
  if (isFile(join(folder, target))) return readText(folder, target);
  return isFile(join(folder, beside))
    ? readText(folder, beside)
    : { status: "missing", path: target };
}

function targetOf(path: string, mapUrl: string): string | undefined {
  const bare = mapUrl.replace(/[?#].*$/s, "");
  try {
    const url = decodeURIComponent(bare);
    if (url.includes("\0")) return undefined;
    return posix.normalize(
      url.startsWith("/") ? url.slice(1) : posix.join(dirname(path).split(sep).join("/"), url),
    );
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function readText(folder: string, path: string): MapText {
  const full = join(folder, path);
  const below = relative(realpathSync(folder), realpathSync(full));
  if (below.startsWith("..")) return { status: "elsewhere", url: path };
  const { size } = statSync(full);
  if (size > MAX_INPUT_BYTES) return { status: "too_large", bytes: size };
  return { status: "found", text: readFileSync(full, "utf8"), path };
}

function readInline(url: string): MapText {
  const match = /^data:[^,]*?(;base64)?,/i.exec(url.slice(0, 200));
  if (match === null) return { status: "bad", message: "its data: address has no comma" };
  const data = url.slice(match[0].length);
  try {
    const text =
      match[1] === undefined ? decodeURIComponent(data) : Buffer.from(data, "base64").toString();
    return { status: "found", text, path: undefined };
  } catch {
    return { status: "bad", message: "its data: address is not encoded as it says" };
  }
}
