import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { applyPlan } from "../../src/init/apply.ts";
import { decide, type PlannedFile } from "../../src/init/decide.ts";
import type { InitPlan } from "../../src/init/init-plan.ts";
import { parseStamp, STAMP_PATH, type Stamp } from "../../src/init/stamp.ts";
import { readTarget } from "../../src/init/targets.ts";
import type { WantedFile } from "../../src/init/wanted-files.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";
import { fill } from "./projects.ts";

const PATHS = ["a", "folder/b"];

/** Below a file: it cannot be written. */
const IMPOSSIBLE: PlannedFile = { path: "a/below", action: "create", content: "", why: "" };

/** One run of a version whose files hold its name; it may end behind the first of them. */
function apply(root: string, version: string, endsInTheMiddle = false): void {
  const wanted = PATHS.map(
    (path): WantedFile => ({ path, content: version, ownership: "ours", why: "" }),
  );
  const stamp = stampOf(root);
  const decision = decide(wanted, (path) => readTarget(root, path), stamp);
  if (decision.status !== "ok") throw new Error("expected a plan");
  const plan: InitPlan = {
    root,
    choice: { kind: "agent-only", otlpUrl: "http://127.0.0.1:4318" },
    composeFiles: [],
    conclusion: { services: [], split: [], notes: [] },
    notes: [],
    files: endsInTheMiddle ? decision.files.toSpliced(1, 0, IMPOSSIBLE) : decision.files,
    hashes: decision.hashes,
  };
  const { paths } = createContext(recordIo({ SIGHTLINE_DATA: root, HOME: "/nowhere" }));
  applyPlan(plan, paths, stamp, { version, namedFiles: [] });
}

function stampOf(root: string): Stamp | undefined {
  return parseStamp(readTarget(root, STAMP_PATH) ?? "");
}

const textsOf = (root: string): string[] =>
  PATHS.map((path) => readFileSync(join(root, path), "utf8"));

describe("an update that ends in the middle", () => {
  it("leaves files that later versions know as ours, the old ones and the new", () => {
    const root = tempDirectory();
    apply(root, "version 1");
    expect(() => apply(root, "version 2", true)).toThrow("ENOTDIR");
    expect(textsOf(root)).toEqual(["version 2", "version 1"]);
    apply(root, "version 3");
    expect(textsOf(root)).toEqual(["version 3", "version 3"]);
    expect(stampOf(root)).not.toHaveProperty("replacing");
    expect(readTarget(root, ".sightline/new/a")).toBeUndefined();
  });

  it("takes no file for ours that somebody edited", () => {
    const root = tempDirectory();
    apply(root, "version 1");
    fill(root, { a: "mine" });
    apply(root, "version 2");
    expect(textsOf(root)).toEqual(["mine", "version 2"]);
    expect(readTarget(root, ".sightline/new/a")).toBe("version 2");
  });
});
