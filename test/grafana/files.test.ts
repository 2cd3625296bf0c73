import { describe, expect, it } from "vitest";
import type { Model } from "../../packages/cli/src/compile/model.ts";
import { emitGrafana } from "../../packages/cli/src/emit/grafana/emit-grafana.ts";
import { emitGrafanaFiles } from "../../packages/cli/src/emit/grafana/emit-grafana-files.ts";
import { parseFilesManifest } from "../../packages/cli/src/emit/grafana/files-manifest.ts";
import { canonicalGrafana } from "../../packages/cli/src/live/grafana/canonical.ts";
import { fitVersion } from "../../packages/cli/src/live/grafana/fit-version.ts";
import { parseVersion } from "../../packages/cli/src/live/grafana/version.ts";
import { isSecretMark, type Json, type Resource } from "../../packages/cli/src/plan/resource.ts";
import { GRAFANA_TARGET, modelOf } from "../../packages/cli/test/support/compile-text.ts";
import { randomModel } from "../../packages/cli/test/support/random-model.ts";
import { startGrafana } from "../harness/grafana/grafana.ts";
import { loadAlertingFiles } from "../harness/grafana/load-files.ts";
import { grafanaHome, startRealServer } from "../harness/grafana/real-server.ts";
import { until } from "../harness/until.ts";

const ENV = {
  CHAT_URL: "https://chat.example.org/CANARY",
  HOOK_PASSWORD: "p$w ${x} CANARY",
  x: "WRONG",
};
// Every way in which a dollar can stand in a text.
const DOLLARS = "$x ${x} $$ foo$ $__env{x} $__file{/etc/hostname} $1 {{ $labels.a }}";
const text = JSON.stringify(DOLLARS);
const plain = JSON.stringify(DOLLARS.replace("{{ $labels.a }}", "$labels"));

const SPEC = `
contacts:
  - {name: ops, email: ops@example.org}
  - {name: chat, slack: "\${env:CHAT_URL}"}
  - name: "we$x hook"
    webhook: {url: "http://127.0.0.1:9/?a=$x", username: ${plain}, password: "\${env:HOOK_PASSWORD}"}
mute_timings:
  - {name: "nights$x", intervals: [{times: ["22:00-24:00"], weekdays: ["monday:friday"]}]}
templates:
  - {name: own, text: '{{ define "own" }}$x \${x} $$ {{ $a := 1 }}{{ end }}'}
routes:
  - {match: ['a=~"foo$"', 'b="$x \${x} $$ foo$"'], tell: "we$x hook", mute: "nights$x"}
alerts:
  - name: "Payments $x \${x} $$ fail$"
    log: {service: api, contains: "payment $x failed$"}
    when: more than 5 in 10m
    tell: ops
    labels: {a: ${plain}}
    annotations: {b: ${text}}
    folder: "Cash $x"
  - name: Slow answers
    metric: {service: api, signal: p95}
    when: above 1s for 5m
    every: 30s
    keep_firing_for: 10m
    tell: chat
`;

const MODEL = modelOf(SPEC, GRAFANA_TARGET);

const RANDOM_ENV = { RANDOM_SECRET: "https://secret.example.org/CANARY", x: "WRONG" };

/** Files name folders by their path, of which 11.0 makes one folder: only where they lie is compared elsewhere. */
function withoutFolders(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(({ kind }) => kind !== "folder");
}

type Get = (path: string) => Promise<unknown>;

/** An export of no rules at all is 404 and nothing. */
function getter(url: string, authorization: string): Get {
  return async (path) => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization } });
    return JSON.parse((await answer.text()) || "{}") as unknown;
  };
}

async function readAll(get: Get): Promise<Loaded> {
  const list = async (kind: string): Promise<readonly Body[]> =>
    ((await get(`/api/v1/provisioning/${kind}`)) as readonly Body[] | null) ?? [];
  return {
    rules: await list("alert-rules"),
    points: await list("contact-points"),
    timings: await list("mute-timings"),
    templates: await list("templates"),
    policy: (await get("/api/v1/provisioning/policies")) as Body,
    groups: (
      (await get("/api/v1/provisioning/alert-rules/export?format=json")) as {
        groups: readonly Body[];
      }
    ).groups,
    folders: (await get("/api/search?type=dash-folder")) as readonly Body[],
  };
}

type Body = { readonly [key: string]: Json };
interface Loaded {
  readonly rules: readonly Body[];
  readonly points: readonly Body[];
  readonly timings: readonly Body[];
  readonly templates: readonly Body[];
  readonly policy: Body;
  readonly groups: readonly Body[];
  readonly folders: readonly Body[];
}

/** What the files have made, beside what the API would have been sent. */
function expectSame(loaded: Loaded, wanted: readonly Resource[]): void {
  const titleOf = (uid: Json | undefined): Json =>
    loaded.folders.find((folder) => folder["uid"] === uid)?.["title"] ?? null;
  const of = (kind: Resource["kind"]): readonly Resource[] =>
    wanted.filter((resource) => resource.kind === kind);
  const wantedTitles = new Map(of("folder").map(({ id, title }) => [id, title]));
  for (const rule of of("rule")) {
    const live = loaded.rules.find(({ uid }) => uid === rule.id) ?? {};
    expect(canonical(rule, live, ["folderUID", "interval"])).toEqual(
      canonical(rule, rule.body, ["folderUID", "interval"]),
    );
    const folder = wantedTitles.get(String(rule.body["folderUID"]));
    if (folder !== undefined) expect(titleOf(live["folderUID"])).toBe(folder);
    expect(live["provenance"]).toBe("file");
  }
  for (const point of of("contact-point")) {
    const live = loaded.points.find(({ uid }) => uid === point.id) ?? {};
    expect(live).toMatchObject({ name: point.title, type: point.body["type"] });
    for (const [name, value] of Object.entries(point.body["settings"] as Body)) {
      expect((live["settings"] as Body)[name]).toEqual(isSecretMark(value) ? "[REDACTED]" : value);
    }
  }
  for (const timing of of("mute-timing")) {
    const live = loaded.timings.find(({ name }) => name === timing.id) ?? {};
    expect(live["time_intervals"]).toEqual(timing.body["time_intervals"]);
  }
  for (const template of of("template")) {
    const live = loaded.templates.find(({ name }) => name === template.id) ?? {};
    expect(live["template"]).toBe(template.body["template"]);
  }
  const [policy] = of("policy");
  if (policy === undefined) throw new Error("no policy is wanted");
  expect(canonical(policy, { routes: loaded.policy["routes"] ?? null })).toEqual(
    canonical(policy, policy.body),
  );
  expect(JSON.stringify(loaded)).not.toContain("CANARY");
}

function canonical(resource: Resource, body: Body, without: readonly string[] = []): Json {
  const kept = Object.fromEntries(Object.entries(body).filter(([key]) => !without.includes(key)));
  return canonicalGrafana({ ...resource, body: kept }).body;
}

function alertingFiles(model: Model): Readonly<Record<string, string>> {
  const files = emitGrafanaFiles(model);
  return Object.fromEntries(
    files
      // Grafana before 12.1 does not start with recording rules.
      .filter(({ path }) => path === "grafana/alerting/sightline.yaml")
      .map((file) => [file.path.replace(/^grafana\//, ""), file.text]),
  );
}

function fitted(model: Model, version: string): readonly Resource[] {
  const parsed = parseVersion(version);
  if (!parsed) throw new Error(`no version: ${version}`);
  return fitVersion(emitGrafana(model), parsed).wanted;
}

describe.each(["10.4.3", "11.0.0", "12.4.0", "13.2.0"])("files of Grafana %s", (version) => {
  it("make what the API would be sent, dollars and all", async () => {
    const grafana = await startGrafana({ version });
    try {
      await loadAlertingFiles(grafana.state, Object.values(alertingFiles(MODEL)), ENV);
      const get = getter(grafana.url, `Bearer ${grafana.token}`);
      const loaded = await readAll(get);
      expectSame(loaded, fitted(MODEL, version));
      expect(loaded.groups.map(({ name, interval }) => [name, interval])).toContainEqual([
        "shop 30s",
        "30s",
      ]);
      const hook = grafana.state.alertmanager.integrations.find(({ name }) => name === "we$x hook");
      expect(hook?.secrets.get("password")).toBe(ENV.HOOK_PASSWORD);
    } finally {
      await grafana.close();
    }
  });
});

it("what is no longer wanted is removed by the next build, and stays so", async () => {
  const first = emitGrafanaFiles(modelOf(SPEC, GRAFANA_TARGET));
  const manifestOf = (files: ReturnType<typeof emitGrafanaFiles>) =>
    parseFilesManifest(
      files.find(({ path }) => path === "grafana/sightline-files.json")?.text ?? "",
    );
  const fewer = modelOf("contacts: [{name: ops, email: ops@example.org}]", GRAFANA_TARGET);
  const second = emitGrafanaFiles(fewer, manifestOf(first));
  const third = emitGrafanaFiles(fewer, manifestOf(second));
  const grafana = await startGrafana({ version: "11.0.0" });
  const textOf = (files: ReturnType<typeof emitGrafanaFiles>): string =>
    files.find(({ path }) => path === "grafana/alerting/sightline.yaml")?.text ?? "";
  try {
    await loadAlertingFiles(grafana.state, [textOf(first)], ENV);
    const titles = (): string[] =>
      [...grafana.state.rules.values()].map(({ title }) => title).sort();
    const before = titles();
    expect(before).toContain("Slow answers");
    // The second build was never loaded: the third removes the same.
    await loadAlertingFiles(grafana.state, [textOf(third)], ENV);
    expect(titles()).not.toContain("Slow answers");
    expect(grafana.state.alertmanager.integrations.map(({ name }) => name)).not.toContain("chat");
    expect(grafana.state.alertmanager.timings.map(({ name }) => name)).not.toContain("nights$x");
    const again = emitGrafanaFiles(modelOf(SPEC, GRAFANA_TARGET), manifestOf(third));
    await loadAlertingFiles(grafana.state, [textOf(again)], ENV);
    expect(titles()).toEqual(before);
  } finally {
    await grafana.close();
  }
});

it("a secret of digits alone is a number to Grafana, which then does not start", async () => {
  const grafana = await startGrafana({ version: "11.0.0" });
  const spec =
    'contacts: [{name: hook, webhook: {url: "http://127.0.0.1:9/", username: a, password: "${env:PIN}"}}]';
  try {
    const load = loadAlertingFiles(
      grafana.state,
      Object.values(alertingFiles(modelOf(spec, GRAFANA_TARGET))),
      {
        PIN: "1234",
      },
    );
    await expect(load).rejects.toThrow("cannot unmarshal number");
  } finally {
    await grafana.close();
  }
});

it("is the same, byte for byte, when it is built again", () => {
  expect(emitGrafanaFiles(modelOf(SPEC, GRAFANA_TARGET))).toEqual(
    emitGrafanaFiles(modelOf(SPEC, GRAFANA_TARGET)),
  );
});

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "whatever stands in a specification (%i) is read back",
  async (seed) => {
    const model = randomModel(seed, GRAFANA_TARGET);
    const grafana = await startGrafana({ version: "11.0.0" });
    try {
      await loadAlertingFiles(grafana.state, Object.values(alertingFiles(model)), RANDOM_ENV);
      const get = getter(grafana.url, `Bearer ${grafana.token}`);
      expectSame(await readAll(get), withoutFolders(fitted(model, "11.0.0")));
    } finally {
      await grafana.close();
    }
  },
);

describe.runIf(grafanaHome())("a real Grafana", () => {
  it("finds the dashboards, each in its folder", { timeout: 180_000 }, async () => {
    const model = {
      ...randomModel(3, GRAFANA_TARGET),
      dashboards: [0, 1].map((index) => ({
        uid: `board-${index}`,
        title: `Board ${index} $x \${x}`,
        json: { panels: [{ id: 1, type: "text", title: "$x {{ y }}" }], schemaVersion: 39 },
        origin: "user" as const,
        place: undefined,
      })),
    };
    const files = Object.fromEntries(
      emitGrafanaFiles(model)
        .filter(({ path }) => path.startsWith("grafana/dashboards/"))
        .map((file) => [file.path.replace(/^grafana\//, ""), file.text]),
    );
    const server = await startRealServer(grafanaHome() ?? "", files, RANDOM_ENV);
    try {
      const get = getter(server.url, server.authorization);
      await until(
        "the dashboards",
        async () => ((await get("/api/search?type=dash-db")) as unknown[]).length === 2,
      );
      for (const { uid, title, json } of model.dashboards) {
        const read = (await get(`/api/dashboards/uid/${uid}`)) as {
          readonly meta: Body;
          readonly dashboard: Body;
        };
        expect(read.meta).toMatchObject({ folderTitle: "Sightline", provisioned: true });
        expect(read.dashboard).toMatchObject({
          title,
          ...json,
          tags: [`sightline:${model.project}`],
        });
      }
    } finally {
      await server.stop();
    }
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "reads whatever stands in a specification (%i)",
    { timeout: 180_000 },
    async (seed) => {
      const model = randomModel(seed, GRAFANA_TARGET);
      const server = await startRealServer(grafanaHome() ?? "", alertingFiles(model), RANDOM_ENV);
      try {
        const get = getter(server.url, server.authorization);
        expectSame(await readAll(get), withoutFolders(fitted(model, "11.0.0")));
      } finally {
        await server.stop();
      }
    },
  );

  it("starts with the files, and has what the API would be sent", {
    timeout: 180_000,
  }, async () => {
    const server = await startRealServer(grafanaHome() ?? "", alertingFiles(MODEL), ENV);
    try {
      const get = getter(server.url, server.authorization);
      const health = (await get("/api/health")) as { readonly version: string };
      const version = process.env["GRAFANA_VERSION"] ?? health.version;
      expectSame(await readAll(get), fitted(MODEL, version));
      const decrypted = await get(
        "/api/v1/provisioning/contact-points/export?format=json&decrypt=true",
      );
      expect(JSON.stringify(decrypted)).toContain(JSON.stringify(ENV.HOOK_PASSWORD));
    } finally {
      await server.stop();
    }
  });
});
