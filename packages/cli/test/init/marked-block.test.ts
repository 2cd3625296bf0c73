import { describe, expect, it } from "vitest";
import { replaceBlock } from "../../src/init/files/marked-block.ts";

function textOf(text: string, lines: readonly string[]): string {
  const result = replaceBlock(".gitignore", text, lines);
  if (result.status !== "ok") throw new Error(result.fault.message);
  return result.text;
}

describe("our lines in a file of somebody else", () => {
  it.each([
    ["", ""],
    ["node_modules\n", "node_modules\n\n"],
    ["node_modules", "node_modules\n\n"],
  ])("are added behind %j", (before, kept) => {
    const text = textOf(before, ["/a", "/b"]);
    expect(text.startsWith(`${kept}# >>> sightline init`)).toBe(true);
    expect(text.endsWith("\n/a\n/b\n# <<< sightline init\n")).toBe(true);
  });

  it("are replaced where they are, and everything else stays byte for byte", () => {
    const first = textOf("a\n\n", ["/old-1", "/old-2"]);
    const edited = `before \t\n${first}\n\nafter without an end`;
    const text = textOf(edited, ["/new"]);
    expect(text).toBe(edited.replace("/old-1\n/old-2", "/new"));
    expect(textOf(text, ["/new"])).toBe(text);
  });

  it("end their lines as the file does", () => {
    const text = textOf("a\r\nb\r\n", ["/c", "/d"]);
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    expect(textOf(text, ["/c", "/d"])).toBe(text);
  });

  it("are not guessed where their end is missing", () => {
    const broken = textOf("a\n", ["/b"]).replace("# <<< sightline init\n", "");
    expect(replaceBlock(".gitignore", broken, ["/b"])).toMatchObject({
      status: "broken",
      fault: { line: 3 },
    });
  });
});
