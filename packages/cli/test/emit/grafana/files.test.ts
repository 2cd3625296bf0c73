import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { keepDollars, toFileValue } from "../../../src/emit/grafana/dollar.ts";
import { emitGrafanaFiles } from "../../../src/emit/grafana/emit-grafana-files.ts";
import { featureSupport, featureTable, hasFeature } from "../../../src/emit/grafana/features.ts";
import { parseFilesManifest } from "../../../src/emit/grafana/files-manifest.ts";
import { toGrafanaYaml } from "../../../src/emit/grafana/grafana-yaml.ts";
import { GRAFANA_TARGET, modelOf } from "../../support/compile-text.ts";
import { createRandom } from "../../support/random-model.ts";

describe("dollars", () => {
  it("are doubled, each of them", () => {
    expect(keepDollars("$x ${x} $$ foo$")).toBe("$$x $${x} $$$$ foo$$");
  });

  it("are doubled in every text inside, and never in keys", () => {
    expect(toFileValue({ $k: ["$a", { b: "$c", d: 1, e: null, f: true }] })).toEqual({
      $k: ["$$a", { b: "$$c", d: 1, e: null, f: true }],
    });
  });

  it("stand before secrets that Grafana looks up", () => {
    expect(
      toFileValue({ a: { $secret: "${env:TOKEN}" }, b: { $secret: "${file:/run/x}" } }),
    ).toEqual({ a: "$TOKEN", b: "$__file{/run/x}" });
    // A name that is no name of a shell's variable.
    expect(toFileValue({ $secret: "${env:my.token}" })).toBe("$__env{my.token}");
  });
});

describe("YAML", () => {
  it("gives back every text, whatever is in it", () => {
    const random = createRandom(7);
    const pieces = [
      "\n",
      "\t",
      " ",
      "  ",
      "\r\n",
      "#",
      ": ",
      "- ",
      "é",
      "\u2028",
      "\u0000",
      "\ufeff",
      "'",
      '"',
      "\\",
      "a",
      "🚒",
      "|",
      "\u0085",
    ];
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from(
        { length: 1 + Math.floor(random() * 8) },
        () => pieces[Math.floor(random() * pieces.length)],
      ).join("");
      expect(parse(toGrafanaYaml({ text, list: [text, { text }] }, " x"))).toEqual({
        text,
        list: [text, { text }],
      });
    }
  });

  it("quotes what another parser might take for something else", () => {
    const yaml = toGrafanaYaml(
      { a: "1_000", b: "2026-01-01", c: "yes", d: "0x1", e: "~", f: 5 },
      " x",
    );
    for (const text of ["1_000", "2026-01-01", "yes", "0x1", "~"])
      expect(yaml).toContain(`"${text}"`);
    expect(yaml).toContain("f: 5");
  });
});

describe("files", () => {
  const SPEC = `
contacts: [{name: chat, slack: "\${env:CHAT_URL}"}, {name: ops, email: ops@example.org}]
alerts: [{name: Slow answers, metric: {service: api, signal: p95}, when: above 1s, tell: chat}]
`;
  const files = () => emitGrafanaFiles(modelOf(SPEC, GRAFANA_TARGET));
  const read = (path: string) => parse(files().find((file) => file.path === path)?.text ?? "");

  it("hold one tree of routes, whose root tells whom our routes tell at last", () => {
    const { policies } = read("grafana/alerting/sightline.yaml");
    expect(policies).toHaveLength(1);
    expect(policies[0].receiver).toBe(policies[0].routes[0].receiver);
    expect(policies[0].routes[0].object_matchers).toEqual([["sightline_project", "=", "shop"]]);
  });

  it("have recording rules apart, because an older Grafana does not start with them", () => {
    expect(JSON.stringify(read("grafana/alerting/sightline.yaml"))).not.toContain('"record"');
    const records = read("grafana/alerting/sightline-records.yaml");
    expect(records.groups[0].rules[0].record).toMatchObject({
      from: "A",
      targetDatasourceUid: "sightline-prometheus",
    });
  });

  it("never have two rules of one title in a folder, with which Grafana 11 does not start", () => {
    const twice = `alerts:\n  - {name: Error rate, metric: {service: api, signal: error_rate}, when: above 5%}\n`;
    const text = emitGrafanaFiles(modelOf(twice, GRAFANA_TARGET)).find(
      ({ path }) => path === "grafana/alerting/sightline.yaml",
    )?.text;
    const titles = (
      parse(text ?? "") as { groups: { folder: string; rules: { title: string }[] }[] }
    ).groups.flatMap(({ folder, rules }) => rules.map(({ title }) => `${folder}/${title}`));
    expect(titles).toContain("Sightline/Error rate");
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("give each folder of dashboards a provider, by its title", () => {
    const dashboard = { uid: "b", title: "B", json: {}, origin: "user", place: undefined } as const;
    const model = modelOf(SPEC, {
      ...GRAFANA_TARGET,
      folder: "50% \\/ $half",
    } as typeof GRAFANA_TARGET);
    const made = emitGrafanaFiles({ ...model, dashboards: [dashboard] });
    const [provider] = parse(
      made.find(({ path }) => path === "grafana/dashboards/sightline.yaml")?.text ?? "",
    ).providers;
    expect(provider).toMatchObject({
      type: "file",
      folder: "50% / $$half",
      disableDeletion: false,
    });
    const directory = provider.options.path.split("/").at(-1);
    expect(made.map(({ path }) => path)).toContain(`grafana/dashboards/${directory}/b.json`);
  });

  it("are nothing for the stack", () => {
    expect(emitGrafanaFiles(modelOf("{}"))).toEqual([]);
  });

  it("do not take what is no manifest for one", () => {
    for (const text of ["", "{", "[]", '{"rule": 5}'])
      expect(parseFilesManifest(text)).toBeUndefined();
  });
});

describe("features", () => {
  it("are there from their version on", () => {
    expect(hasFeature("keep-firing-for", "11.6.3")).toBe(false);
    expect(hasFeature("keep-firing-for", "12.0.0")).toBe(true);
    expect(hasFeature("record-rules", "v12.10.0-pre")).toBe(true);
    expect(featureSupport("13.2.0")).not.toContain(false);
    expect(() => hasFeature("versions", "new")).toThrow("no version");
  });

  it("are told to people as the table says", () => {
    const page = readFileSync(
      join(import.meta.dirname, "../../../../../docs/grafana-versions.md"),
      "utf8",
    );
    expect(page).toContain(featureTable());
  });
});
