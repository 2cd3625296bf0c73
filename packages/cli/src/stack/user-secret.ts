import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DATA_FOLDER, ENV, USER_SECRET_FILE } from "@sightline/core";
import type { Context } from "../context.ts";
import { makeDirectory } from "./directory.ts";

/**
 * What makes users' ids unreadable: `SIGHTLINE_USER_SECRET`, else a random one of this stack, so that a
 * page and a server that send to it give one user one hash. Makes it where there is none.
 */
export function createUserSecret(context: Context): void {
  if (readUserSecret(context) !== undefined) return;
  const folder = join(context.paths.data, DATA_FOLDER.secrets);
  makeDirectory(folder);
  try {
    writeFileSync(join(folder, USER_SECRET_FILE), randomBytes(24).toString("hex"), {
      mode: 0o600,
      flag: "wx",
    });
  } catch (error) {
    // Somebody else was faster: theirs counts.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Undefined before the first `up`. */
export function readUserSecret({ io, paths }: Context): string | undefined {
  const given = io.env[ENV.userSecret];
  if (given) return given;
  try {
    const text = readFileSync(
      join(paths.data, DATA_FOLDER.secrets, USER_SECRET_FILE),
      "utf8",
    ).trim();
    return text === "" ? undefined : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
