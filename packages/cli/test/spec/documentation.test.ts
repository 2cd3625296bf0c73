import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../src/run.ts";

import { parseWhen, WHEN_EXAMPLES } from "../../src/spec/when.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const docs = join(import.meta.dirname, "../../../../docs");
const page = readFileSync(join(docs, "sightline-yaml.md"), "utf8");
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);

describe("docs/sightline-yaml.md", () => {
  it.each(examples)("has an example without an error: %s", async (text) => {
    const file = join(tempDirectory(), "sightline.yaml");
    writeFileSync(file, text);
    const io = recordIo({ HOME: "/nowhere", NO_COLOR: "1" });
    const code = await run(["lint", "--file", file], io);
    expect(code, io.stdout() + io.stderr()).toBe(0);
  });

  it("shows conditions that are understood", () => {
    const table = page.slice(page.indexOf("### when"), page.indexOf("Comparisons:"));
    const shown = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`<]+)`/g)].map(([, text = ""]) => text),
    );
    expect(shown.length).toBeGreaterThan(7);
    for (const text of shown) expect(parseWhen(text), text).toMatchObject({ status: "ok" });
  });

  it("links to pages that are there", () => {
    const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(4);
    expect(links.filter((path) => !existsSync(join(docs, path)))).toEqual([]);
  });
});

it("the examples of every message about conditions are conditions", () => {
  const examples = [...WHEN_EXAMPLES.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text);
  expect(examples).toHaveLength(5);
  for (const text of examples) expect(parseWhen(text), text).toMatchObject({ status: "ok" });
});
