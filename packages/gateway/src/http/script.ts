import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { gzipSync, constants as zlib } from "node:zlib";
import type { Answer } from "./answer.ts";

/** `GET /b.js`: the bundle of `@sightline/browser`, for pages without a build. */
export interface ScriptPage {
  answer(request: IncomingMessage): Answer;
}

interface Script {
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

const BUNDLE = "@sightline/browser/sightline.js";
/** Short: a page that is told of a fixed script should have it the same day. */
const MAX_AGE_SECONDS = 3_600;

/** @param path of the bundle; by default that of the package that is installed beside this one. */
export function createScriptPage(path: string | undefined = findBundle()): ScriptPage {
  let script: Script | undefined;
  return {
    answer(request) {
      script ??= path === undefined ? undefined : readScript(path);
      if (script === undefined) return { outcome: "not_found" };
      const { bytes, gzipped, etag } = script;
      const headers = { ...COMMON, etag };
      if (request.headers["if-none-match"]?.includes(etag)) {
        return { outcome: "not_modified", headers };
      }
      return /\bgzip\b/.test(String(request.headers["accept-encoding"]))
        ? { outcome: "script", headers: { ...headers, "content-encoding": "gzip" }, body: gzipped }
        : { outcome: "script", headers, body: bytes };
    },
  };
}

const COMMON = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": `public, max-age=${MAX_AGE_SECONDS}`,
  // So that errors in it are told whole, where the tag says crossorigin.
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  vary: "accept-encoding",
} as const;

/** Found, never imported: it is a page's. */
function findBundle(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(BUNDLE);
  } catch {
    return undefined;
  }
}

function readScript(path: string): Script | undefined {
  try {
    const bytes = readFileSync(path);
    const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    const gzipped = gzipSync(bytes, { level: zlib.Z_BEST_COMPRESSION });
    return { bytes, gzipped, etag: `"${digest}"` };
  } catch {
    return undefined;
  }
}
