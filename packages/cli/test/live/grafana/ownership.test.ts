import { describe, expect, it } from "vitest";
import { fingerprintSecret } from "../../../src/live/grafana/fingerprint.ts";
import {
  emptyManifest,
  formatManifest,
  isSameManifest,
  parseManifest,
} from "../../../src/live/grafana/manifest.ts";
import { mergeTree, type PolicyNode, splitTree } from "../../../src/live/grafana/policy-tree.ts";

const of = (project: string, receiver = "r"): PolicyNode => ({
  receiver,
  object_matchers: [["sightline_project", "=", project]],
});
const theirs: PolicyNode = { receiver: "theirs", object_matchers: [["team", "=", "x"]] };

describe("our routes in a tree of others", () => {
  it("come first, after those of other projects, and leave the root as it is", () => {
    const root = {
      receiver: "root",
      group_by: ["a"],
      provenance: "api",
      routes: [of("other"), theirs],
    };
    expect(mergeTree(root, "demo", [of("demo")])).toEqual({
      receiver: "root",
      group_by: ["a"],
      routes: [of("other"), of("demo"), theirs],
    });
  });

  it("are exchanged, and gone where none are wanted", () => {
    const root = { receiver: "root", routes: [of("demo", "old"), theirs] };
    expect(mergeTree(root, "demo", [of("demo")]).routes).toEqual([of("demo"), theirs]);
    expect(mergeTree(root, "demo", []).routes).toEqual([theirs]);
    expect(mergeTree({ receiver: "root" }, "demo", [])).toEqual({ receiver: "root" });
  });

  it("are seen to have slipped behind those of others", () => {
    expect(splitTree({ routes: [theirs, of("demo")] }, "demo").othersBefore).toBe(1);
    expect(splitTree({ routes: [of("other"), of("demo"), theirs] }, "demo")).toMatchObject({
      othersBefore: 0,
      foreign: 2,
    });
  });

  it("merge in any order to the same tree, however often", () => {
    const once = mergeTree({ routes: [theirs] }, "demo", [of("demo")]);
    expect(mergeTree(once, "demo", [of("demo")])).toEqual(once);
  });
});

describe("the record of what is ours", () => {
  const manifest = {
    ...emptyManifest(),
    secrets: { "sl-demo-x:url": "00ff00" },
    owned: { ...emptyManifest().owned, template: ["*/}} {{ end }} ü", "b"] },
  };

  it("survives a template, whatever names hold", () => {
    const text = formatManifest("demo", manifest);
    expect(text).toMatch(/^\{\{ define "sightline-demo" \}\}\{\{\/\* .* \*\/\}\}\{\{ end \}\}$/s);
    const read = parseManifest(text);
    expect(read && isSameManifest(read, manifest)).toBe(true);
  });

  it("is not believed once somebody changed it", () => {
    expect(parseManifest("")).toBeUndefined();
    expect(parseManifest(formatManifest("demo", manifest).replace("Leave", ""))).toBeUndefined();
    const broken = formatManifest("demo", manifest).replace(/[A-Za-z0-9]{20}/, "");
    expect(parseManifest(broken)).toBeUndefined();
  });
});

describe("the fingerprint of a secret", () => {
  it("tells another secret apart, and says nothing across projects or settings", async () => {
    const prints = await Promise.all([
      fingerprintSecret("a", "salt", "x:url"),
      fingerprintSecret("b", "salt", "x:url"),
      fingerprintSecret("a", "other", "x:url"),
      fingerprintSecret("a", "salt", "y:url"),
    ]);
    expect(new Set(prints).size).toBe(4);
    expect(await fingerprintSecret("a", "salt", "x:url")).toBe(prints[0]);
  });

  it("is too short to be turned back", async () => {
    expect(await fingerprintSecret("a".repeat(500), "salt", "x")).toMatch(/^[0-9a-f]{6}$/);
  });
});
