import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Field } from "@sightline/wire/config";
import { afterAll, describe, expect, it } from "vitest";
import { GATEWAY_FIELDS } from "../src/config/gateway-fields.ts";
import { readGatewayConfig } from "../src/config/read-config.ts";
import { OUTCOME_NAMES, OUTCOMES } from "../src/http/outcome.ts";

const repository = join(import.meta.dirname, "../../..");
const text = readFileSync(join(repository, "docs/gateway.md"), "utf8");
const example = /<!-- checked[^\n]*-->\n```json\n([\s\S]*?)\n```/.exec(text)?.[1] ?? "";
const folder = mkdtempSync(join(tmpdir(), "sightline-gateway-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

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

describe("docs/gateway.md", () => {
  it("shows settings that the gateway takes, and every one there is", () => {
    const path = join(folder, "gateway.json");
    writeFileSync(path, example);
    expect(readGatewayConfig({ path, env: {} })).toMatchObject({ status: "ok" });
    const missing = namesOf(GATEWAY_FIELDS).filter((name) => !example.includes(`"${name}"`));
    expect(missing).toEqual([]);
  });

  it("has every outcome with its status and its sentence", () => {
    const rows = OUTCOME_NAMES.map((name) => {
      const { status, text: sentence } = OUTCOMES[name];
      return `| \`${name}\` | ${status ?? "–"} | ${sentence} |`;
    });
    const table = ["| outcome | answer | |", "|---|---|---|", ...rows].join("\n");
    expect(/<!-- outcomes[^\n]*-->\n([\s\S]*?)\n<!-- \/outcomes -->/.exec(text)?.[1]).toBe(table);
  });
});
