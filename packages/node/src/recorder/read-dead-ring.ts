import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  DATA_OFFSET,
  decodeRingInSteps,
  type FatalReport,
  MAX_RING_BYTES,
  parseFatalReport,
  type Ring,
} from "@sightline/core";
import { RING_FILE } from "./line-ring.ts";
import { nodeRingTools } from "./ring-tools.ts";

export type DeadRing =
  | { readonly status: "read"; readonly ring: Ring; readonly report: FatalReport | undefined }
  /** There is nothing in the folder that anybody could want. */
  | { readonly status: "empty" }
  | { readonly status: "unreadable"; readonly message: string }
  /** The disk does not give it now. */
  | { readonly status: "unavailable"; readonly message: string };

/** Of the format, and a little for what is behind it. */
const MAX_FILE_BYTES = MAX_RING_BYTES + DATA_OFFSET;
const MAX_REPORT_BYTES = 16_777_216;

/** Reads the folder of a dead process. Long work is done in pieces, between turns of the host's. */
export async function readDeadRing(folder: string): Promise<DeadRing> {
  const path = join(folder, RING_FILE);
  let bytes: Uint8Array;
  try {
    const { size, isPlain } = await lookAt(path);
    if (!isPlain) return { status: "unreadable", message: "no plain file" };
    if (size > MAX_FILE_BYTES)
      return { status: "unreadable", message: `${size} bytes long, more than any ring file` };
    bytes = await readFile(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return isMissing ? { status: "empty" } : { status: "unavailable", message: String(error) };
  }
  const steps = decodeRingInSteps(bytes, nodeRingTools);
  for (;;) {
    const step = steps.next();
    if (!step.done) {
      await nextTurn();
      continue;
    }
    if (step.value.status === "unreadable") return step.value;
    return { status: "read", ring: step.value, report: await findReport(folder) };
  }
}

/** A link leads to what is not ours; opening a FIFO waits for ever and keeps the host from ending. */
async function lookAt(path: string): Promise<{ size: number; isPlain: boolean }> {
  const found = await lstat(path);
  return { size: found.size, isPlain: found.isFile() };
}

/** The report that Node left there when it gave up. What else it holds is not looked at. */
async function findReport(folder: string): Promise<FatalReport | undefined> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((known) => known.endsWith(".json")).sort()) {
    const path = join(folder, name);
    const found = await lookAt(path).catch(() => undefined);
    if (found === undefined || !found.isPlain || found.size > MAX_REPORT_BYTES) continue;
    const report = parseFatalReport(await readFile(path, "utf8").catch(() => ""));
    if (report !== undefined) return report;
  }
  return undefined;
}
