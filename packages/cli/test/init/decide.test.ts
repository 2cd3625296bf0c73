import { describe, expect, it } from "vitest";
import { decide } from "../../src/init/decide.ts";
import {
  hashText,
  isAsWritten,
  parseStamp,
  renderStamp,
  type Stamp,
} from "../../src/init/stamp.ts";
import type { WantedFile } from "../../src/init/wanted-files.ts";

const ours = (content: string): WantedFile => ({
  path: "a",
  content,
  ownership: "ours",
  why: "because",
});
const stampOf = (written: string): Stamp => ({
  version: "1",
  choice: { kind: "stack" },
  composeFiles: [],
  files: { a: hashText(written) },
});
const actionsOf = (
  wanted: WantedFile,
  disk: Readonly<Record<string, string>>,
  stamp?: Stamp,
): unknown => {
  const decision = decide([wanted], (path) => disk[path], stamp);
  return decision.status === "ok"
    ? decision.files.map(({ path, action, content }) => [path, action, content])
    : decision.faults;
};

describe("what becomes of a file of ours", () => {
  it.each([
    ["is not there", ours("new"), {}, undefined, [["a", "create", "new"]]],
    ["was deleted", ours("new"), {}, stampOf("new"), [["a", "create", "new"]]],
    ["is as it should be", ours("new"), { a: "new" }, undefined, [["a", "same", undefined]]],
    ["is as we wrote it", ours("new"), { a: "old" }, stampOf("old"), [["a", "update", "new"]]],
    [
      "was edited, and ours is as it was",
      ours("old"),
      { a: "mine" },
      stampOf("old"),
      [["a", "keep", undefined]],
    ],
    [
      "was edited, and ours changed",
      ours("new"),
      { a: "mine" },
      stampOf("old"),
      [
        ["a", "keep", undefined],
        [".sightline/new/a", "create", "new"],
      ],
    ],
    [
      "was edited, and ours lies there already",
      ours("new"),
      { a: "mine", ".sightline/new/a": "new" },
      stampOf("old"),
      [
        ["a", "keep", undefined],
        [".sightline/new/a", "same", undefined],
      ],
    ],
    [
      "was there before us",
      ours("new"),
      { a: "mine" },
      undefined,
      [
        ["a", "keep", undefined],
        [".sightline/new/a", "create", "new"],
      ],
    ],
  ] as const)("that %s", (_, wanted, disk, stamp, expected) => {
    expect(actionsOf(wanted, disk, stamp)).toEqual(expected);
  });

  it("that an interrupted run was replacing: the old and the new one are ours", () => {
    const stamp: Stamp = { ...stampOf("new"), replacing: { a: hashText("old") } };
    expect(actionsOf(ours("newest"), { a: "old" }, stamp)).toEqual([["a", "update", "newest"]]);
    expect(actionsOf(ours("newest"), { a: "new" }, stamp)).toEqual([["a", "update", "newest"]]);
  });

  it("leaves a file that is theirs alone once it is there", () => {
    const theirs: WantedFile = { ...ours("new"), ownership: "once" };
    expect(actionsOf(theirs, { a: "mine" }, stampOf("mine"))).toEqual([["a", "same", undefined]]);
  });
});

describe("the stamp", () => {
  it("comes back as it was written", () => {
    const stamp: Stamp = { ...stampOf("x"), replacing: { b: "hash" }, composeFiles: ["c.yml"] };
    expect(parseStamp(renderStamp(stamp))).toEqual(stamp);
    expect(isAsWritten(stamp, "a", "x")).toBe(true);
  });

  it.each([
    "",
    "null",
    "{",
    "[]",
    '{"files": {"a": 1}, "choice": {"kind": "stack"}}',
    '{"files": {}}',
  ])("that holds %j counts as none", (text) => {
    expect(parseStamp(text)).toBeUndefined();
  });
});
