import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Field } from "@sightline/wire/config";
import { afterAll, describe, expect, it } from "vitest";
import { AGENT_FIELDS } from "../../src/config/agent-fields.ts";
import { readAgentConfig } from "../../src/config/read-config.ts";

const repository = join(import.meta.dirname, "../../../..");
const text = readFileSync(join(repository, "docs/agent.md"), "utf8");
const example = /<!-- checked[^\n]*-->\n```json\n([\s\S]*?)\n```/.exec(text)?.[1] ?? "";
const folder = mkdtempSync(join(tmpdir(), "sightline-agent-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function read(settings: string) {
  const path = join(folder, "agent.json");
  writeFileSync(path, settings);
  return readAgentConfig({ path, env: {} });
}

function namesOf(field: Field): string[] {
  switch (field.kind) {
    case "object":
      return Object.entries(field.fields).flatMap(([name, each]) => [name, ...namesOf(each)]);
    case "list":
      return namesOf(field.item);
    default:
      return [];
  }
}

describe("docs/agent.md", () => {
  it("shows settings that the agent takes", () => {
    expect(read(example)).toMatchObject({ status: "ok", config: { hostName: "web-1" } });
    const others = [...text.matchAll(/```json\n(\{\n[\s\S]*?\n\})\n```/g)].map(
      ([, json = ""]) => json,
    );
    expect(others.length).toBeGreaterThan(1);
    for (const each of others) expect(read(each)).toMatchObject({ status: "ok" });
  });

  it("shows every setting there is", () => {
    const missing = namesOf(AGENT_FIELDS).filter((name) => !example.includes(`"${name}"`));
    expect(missing).toEqual([]);
  });
});

describe("the settings that come with the stack", () => {
  it("are taken", () => {
    const settings = readFileSync(join(repository, "provisioning/agent/agent.json"), "utf8");
    expect(read(settings)).toMatchObject({ status: "ok" });
  });
});
