import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from "node:zlib";

export type ContentEncoding = "identity" | "gzip" | "br" | "deflate";

export type Inflated =
  | { readonly status: "ok"; readonly bytes: Buffer }
  | { readonly status: "inflated_too_large" | "bad_compression" };

type Inflate = (bytes: Buffer, options: ZlibOptions) => Promise<Buffer>;

const INFLATERS: Readonly<Record<Exclude<ContentEncoding, "identity">, Inflate>> = {
  gzip: promisify(gunzip) as Inflate,
  br: promisify(brotliDecompress) as unknown as Inflate,
  deflate: promisify(inflate) as Inflate,
};

/** The encoding that a header names; undefined where it is none of those that are taken. */
export function parseEncoding(header: string | undefined): ContentEncoding | undefined {
  const name = header?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return "identity";
  if (name === "x-gzip") return "gzip";
  return Object.hasOwn(INFLATERS, name) ? (name as ContentEncoding) : undefined;
}

/** Decompresses in Node's thread pool, and stops as soon as there is more than the limit. */
export async function inflateBody(
  bytes: Buffer,
  encoding: ContentEncoding,
  maxBytes: number,
): Promise<Inflated> {
  if (encoding === "identity") {
    return bytes.length > maxBytes ? { status: "inflated_too_large" } : { status: "ok", bytes };
  }
  try {
    const inflated = await INFLATERS[encoding](bytes, { maxOutputLength: maxBytes });
    return { status: "ok", bytes: inflated };
  } catch (error) {
    const isBomb = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    return { status: isBomb ? "inflated_too_large" : "bad_compression" };
  }
}
