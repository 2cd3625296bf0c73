import { formatBytes } from "@sightline/core";
import { MIN_DATA_FREE_BYTES, readFreeBytes } from "../../stack/preflight.ts";
import type { Check } from "../check.ts";

export const diskCheck: Check = {
  id: "disk",
  title: "the disk has room",
  after: [],
  run: async ({ context }) => {
    const { data } = context.paths;
    const freeBytes = readFreeBytes(data);
    if (freeBytes >= MIN_DATA_FREE_BYTES) {
      return { status: "ok", detail: `${formatBytes(freeBytes)} free` };
    }
    return {
      status: "failed",
      reason: `only ${formatBytes(freeBytes)} free where "${data}" is; the stores stop taking data when it is full`,
      fix: "free some space, or shorten SIGHTLINE_LOG_RETENTION",
    };
  },
};
