import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderSightlineYaml } from "../../src/init/files/sightline-yaml.ts";
import { run } from "../../src/run.ts";
import { readSpec } from "../../src/spec/read-spec.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const SERVICES = [
  { name: "shop", kind: "service", language: "node" },
  { name: "db", kind: "database" },
] as unknown as Parameters<typeof renderSightlineYaml>[0];

/** As a user does it: the marks before keys and what belongs to them are taken away. */
function uncomment(text: string): string {
  const [header = "", examples = ""] = text.split(/(?=^# Whom to tell)/m);
  return header + examples.replaceAll(/^# ((?:contacts|smtp|alerts):| {2})/gm, "$1");
}

describe("the sightline.yaml that init writes", () => {
  it.each([
    ["with services", SERVICES],
    ["without any", []],
  ])("is read as it is, %s", (_, services) => {
    const result = readSpec("sightline.yaml", renderSightlineYaml(services));
    expect(result).toMatchObject({ status: "ok" });
  });

  it("has examples that work once they are uncommented", async () => {
    const text = uncomment(renderSightlineYaml(SERVICES));
    const file = join(tempDirectory(), "sightline.yaml");
    writeFileSync(file, text);
    const io = recordIo({
      HOME: "/nowhere",
      SLACK_WEBHOOK_URL: "https://hooks.example.org/x",
      SMTP_PASSWORD: "p",
    });
    const code = await run(["lint", "--strict", "--json", "--file", file], io);
    expect(JSON.parse(io.stdout())).toEqual({ file, faults: [] });
    expect(code).toBe(0);
    const read = readSpec("sightline.yaml", text);
    const names = read.status === "ok" ? read.document.spec.alerts.map(({ name }) => name) : [];
    expect(names).toEqual(["Payments fail", "Slow answers"]);
  });

  it("names a schema that init puts there", () => {
    const [, path = ""] = /\$schema=\.sightline\/(\S+)/.exec(renderSightlineYaml([])) ?? [];
    expect(existsSync(join(import.meta.dirname, "../../../..", path))).toBe(true);
  });
});
