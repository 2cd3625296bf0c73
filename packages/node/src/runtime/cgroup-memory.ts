import type { CgroupFolders } from "../host/cgroup-cpu-folders.ts";
import type { ReadText } from "../host/read-text.ts";

export type CgroupMemory = { readonly usageBytes: number; readonly limitBytes: number };

/** Version 1 says "no limit" by a number near 2^63, rounded to the page size of the machine. */
const NO_LIMIT_BYTES = 2 ** 53;

/**
 * The memory limit that holds for this process, and how much of it is used: of the group with the
 * tightest limit, which may be one above its own. Undefined without a limit.
 */
export function readCgroupMemory(
  { version, folders }: CgroupFolders,
  readText: ReadText,
): CgroupMemory | undefined {
  const [limitFile, usageFile] =
    version === 2
      ? ["memory.max", "memory.current"]
      : ["memory.limit_in_bytes", "memory.usage_in_bytes"];
  let limitBytes = NO_LIMIT_BYTES;
  let binding: string | undefined;
  for (const folder of folders) {
    const limit = parseBytes(readText(`${folder}/${limitFile}`));
    if (limit === undefined || limit >= limitBytes) continue;
    limitBytes = limit;
    binding = folder;
  }
  if (binding === undefined) return undefined;
  const usageBytes = parseBytes(readText(`${binding}/${usageFile}`));
  return usageBytes === undefined ? undefined : { usageBytes, limitBytes };
}

/** A plain number; `max` is none. */
export function parseBytes(text: string | undefined): number | undefined {
  const digits = text?.trim();
  return digits !== undefined && /^\d{1,20}$/.test(digits) ? Number(digits) : undefined;
}
