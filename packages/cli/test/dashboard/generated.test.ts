import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  explainOutdated,
  findOutdated,
  type GeneratedFile,
  generateDashboards,
  writeGenerated,
} from "../../src/dashboard/generated.ts";
import { generateProvisioning } from "../../src/emit/stack/default-provisioning.ts";

const generated = (): GeneratedFile[] => [...generateDashboards(), ...generateProvisioning()];
const repository = join(import.meta.dirname, "../../../..");

describe("generated files", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sightline-generated-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("are committed as they are generated", () => {
    expect(findOutdated(repository, generated()).map(explainOutdated)).toEqual([]);
  });

  it("come out the same every time, to the byte", () => {
    expect(generated()).toEqual(generated());
  });

  it("are outdated while their file is missing, and not once it is written", () => {
    const files = generated();
    expect(findOutdated(root, files)).toEqual(files);
    writeGenerated(root, files);
    expect(findOutdated(root, files)).toEqual([]);
  });

  it("are outdated after one changed byte, and say what to do", () => {
    const [file] = generateDashboards();
    if (!file) throw new Error("nothing is generated");
    writeGenerated(root, [file]);
    writeFileSync(join(root, file.path), file.text.replace("Service overview", "Service overvieW"));
    expect(findOutdated(root, [file]).map(explainOutdated)).toEqual([
      '"dashboards/service-overview.json" differs from what its generator writes; run "npm run generate" and commit the result',
    ]);
  });
});
