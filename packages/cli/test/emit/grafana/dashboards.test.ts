import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DashboardFile } from "../../../src/compile/model.ts";
import { emitGrafana } from "../../../src/emit/grafana/emit-grafana.ts";
import { GRAFANA_TARGET, modelOf } from "../../support/compile-text.ts";

const FOLDER = join(import.meta.dirname, "../../../../../dashboards");
const SPEC = "contacts: [{name: ops, email: ops@example.org}]\n";
const DATASOURCES = { prometheus: "prom-main", loki: "loki-main", tempo: "tempo-main" };

function emittedText(name: string, more: Partial<DashboardFile> = {}): string {
  const json = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8"));
  const { uid, title } = json;
  const file = { uid, title, json, origin: "sightline", place: undefined, ...more } as const;
  if (GRAFANA_TARGET.kind !== "grafana") throw new Error("not a Grafana");
  const model = modelOf(SPEC, { ...GRAFANA_TARGET, datasources: DATASOURCES });
  const [dashboard] = emitGrafana({ ...model, dashboards: [file] }).filter(
    ({ kind }) => kind === "dashboard",
  );
  return JSON.stringify(dashboard?.body);
}

describe("Sightline's dashboards", () => {
  it("ask the data sources that the target names, and keep their own uid", () => {
    const text = emittedText("service-overview");
    expect(text).toContain('"uid":"prom-main"');
    expect(text).toContain('"uid":"loki-main"');
    expect(text).toContain('"uid":"sightline-service-overview"');
    expect(text).not.toMatch(/sightline-(prometheus|loki|tempo)/);
  });

  it("stay as they are where they were imported", () => {
    const text = emittedText("service-overview", { asIs: { folderUid: undefined } });
    expect(text).toContain('"uid":"sightline-prometheus"');
    expect(text).not.toContain("prom-main");
  });
});
