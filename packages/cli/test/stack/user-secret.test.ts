import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isUserSecret } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { createUserSecret, readUserSecret } from "../../src/stack/user-secret.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

describe("the secret of users' hashes", () => {
  it("is made once, for its owner alone, and long enough", () => {
    const data = tempDirectory();
    const context = createContext(recordIo({ SIGHTLINE_DATA: data }));
    expect(readUserSecret(context)).toBeUndefined();
    createUserSecret(context);
    const made = readUserSecret(context) ?? "";
    expect(isUserSecret(made)).toBe(true);
    createUserSecret(context);
    expect(readUserSecret(context)).toBe(made);
    const file = join(data, "secrets/user-secret");
    expect(readFileSync(file, "utf8").trim()).toBe(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is not made where the services have one", () => {
    const data = tempDirectory();
    const env = {
      SIGHTLINE_DATA: data,
      SIGHTLINE_USER_SECRET: "that of the services, as they are",
    };
    const context = createContext(recordIo(env));
    createUserSecret(context);
    expect(readUserSecret(context)).toBe(env.SIGHTLINE_USER_SECRET);
    expect(statSync(join(data, "secrets"), { throwIfNoEntry: false })).toBeUndefined();
  });
});
