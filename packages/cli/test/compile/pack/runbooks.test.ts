import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PACK } from "../../../src/compile/pack/pack.ts";
import { run } from "../../../src/run.ts";
import { recordIo } from "../../support/io.ts";
import { compileText } from "../compile-text.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../../../../docs/runbooks");
const pages = readdirSync(folder).filter((file) => file.endsWith(".md"));
const read = (page: string): string => readFileSync(join(folder, page), "utf8");
/** Not of the default alerts: what SLOs link to. */
const OTHER_PAGES = ["slo-burn-rate"];

/** `sightline logs <service> --since 1h` wherever it stands, as words. */
function commandsOf(text: string): string[][] {
  const commands = [...text.matchAll(/(?:^|`)sightline ([a-z][^\n`]*)/gm)];
  return commands.map(([, rest = ""]) => rest.trim().split(/\s+/));
}

describe("Runbooks", () => {
  it("name commands at all, so that those are looked at", () => {
    expect(pages.flatMap((page) => commandsOf(read(page))).length).toBeGreaterThan(60);
  });

  it("are there for each default alert, and for nothing else", () => {
    expect(pages.map((page) => page.replace(/\.md$/, "")).sort()).toEqual(
      [...PACK.map(({ id }) => id), ...OTHER_PAGES].sort(),
    );
  });

  it.each(PACK.map(({ id, name }) => ({ id, name })))(
    "of $id has the alert's name as its title",
    ({ id, name }) => {
      expect(read(`${id}.md`).split("\n")[0]).toBe(`# ${name}`);
    },
  );

  it.each(pages)(
    "%s says what it means, how to look, what causes it, what to do, how to tune it",
    (page) => {
      const headings = [...read(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual(["Look", "Usual causes", "What to do", "Tune or switch off"]);
    },
  );

  it.each(pages)("%s names commands and options that exist", async (page) => {
    const commands = commandsOf(read(page));
    expect(read(page)).toMatch(/```sh\n\w/);
    for (const words of commands) {
      const path =
        words[0] === "crashes" && words[1] === "show" ? words.slice(0, 2) : words.slice(0, 1);
      const io = recordIo({});
      expect([page, path, await run([...path, "--help"], io)]).toEqual([page, path, 0]);
      for (const option of words.filter((word) => word.startsWith("--"))) {
        expect(io.stdout()).toContain(option);
      }
    }
  });

  it.each(pages)("%s links to pages that exist", (page) => {
    for (const [, link = ""] of read(page).matchAll(/\]\(([^)]+)\)/g)) {
      expect([link, existsSync(join(folder, link))]).toEqual([link, true]);
    }
  });

  it.each(pages)("%s shows settings that are taken", (page) => {
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(read(page)) ?? [];
    const contacts =
      "contacts: [{name: ops, email: ops@example.org}, {name: team, email: team@example.org}]\n";
    const smtp = "smtp: {host: 'mail:25', from: a@example.org}\n";
    // Commented out is the other way; both are tried.
    for (const text of [yaml, yaml.replace(/^ {2}# (off:.*)$/m, "  $1")]) {
      expect(
        compileText(contacts + smtp + text).faults.filter(({ severity }) => severity === "error"),
      ).toEqual([]);
    }
  });
});
