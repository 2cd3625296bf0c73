import { dirname, resolve } from "node:path";

/**
 * The names under which a required module may be known: its path below the last `node_modules`, with
 * forward slashes, as `pg/lib/client.js`, and what was asked for if that is a package (`pg`).
 *
 * @param id what was passed to `require`, or the absolute path where ESM imports CommonJS
 * @param parentFilename file that asked
 */
export function moduleKeys(id: string, parentFilename: string | undefined): readonly string[] {
  const key = toKey(id, parentFilename);
  return key === undefined ? [] : [key, `${key}.js`, `${key}/index.js`];
}

/** The part of a path below its last `node_modules`; undefined where there is none. */
export function keyOfFile(file: string): string | undefined {
  const path = file.replaceAll("\\", "/");
  const at = path.lastIndexOf(NODE_MODULES);
  return at === -1 ? undefined : path.slice(at + NODE_MODULES.length);
}

/** `@redis/client` of `@redis/client/dist/index.js`. */
export function packageOfKey(key: string): string {
  return key
    .split("/")
    .slice(0, key.startsWith("@") ? 2 : 1)
    .join("/");
}

const NODE_MODULES = "/node_modules/";

function toKey(id: string, parentFilename: string | undefined): string | undefined {
  if (id.startsWith(".")) {
    return parentFilename === undefined
      ? undefined
      : keyOfFile(resolve(dirname(parentFilename), id));
  }
  return /^(?:[\\/]|[A-Za-z]:)/.test(id) ? keyOfFile(id) : id;
}
