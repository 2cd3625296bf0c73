import { accessSync, constants, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { readMapsFolder } from "../gateway-apps.ts";

export const mapsCheck: Check = {
  id: "maps",
  title: "source maps can be read",
  after: [],
  run: async ({ context }) => {
    const folder = readMapsFolder(context);
    try {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      const maps = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".map"));
      for (const { parentPath, name } of maps) accessSync(join(parentPath, name), constants.R_OK);
      return { status: "ok", detail: `${maps.length} in ${folder}` };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // Nobody has built anything yet.
      if (code === "ENOENT") return { status: "ok", detail: "there are none yet" };
      return {
        status: "failed",
        reason: `${message}: stacks of pages stay minified`,
        fix: `give "${folder}" to the user who runs the gateway`,
      };
    }
  },
};
