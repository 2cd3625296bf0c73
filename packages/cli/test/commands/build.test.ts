import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAgentConfig } from "../../../agent/src/config/read-config.ts";
import { BUILD_MANIFEST } from "../../src/build/plan-build.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const SPEC = `contacts: [{name: ops, webhook: "\${env:HOOK}"}]
alerts:
  - {name: Fails, log: {service: api, contains: "$5 paid — ünïcode {{ x }}"}, when: any in 5m, tell: ops}
  - {name: Slow, metric: {service: api, signal: p95}, when: above 1s for 5m, tell: ops}
probes: [{name: Shop, url: "https://shop.example.org"}]
agent: {environment: staging, journal: {max_size: 1GiB}, docker: {stats_interval: 30s}}
gateway: {roles: [desk], max_body_size: 2MB}
`;
const GRAFANA = `targets:
  - {name: staging, grafana: {url: "https://s.example.org"}}
  - {name: prod, grafana: {url: "https://p.example.org"}}
  - {name: here, stack: {}}
`;

interface Project {
  readonly folder: string;
  readonly out: string;
  readonly write: (text: string) => void;
  readonly build: (...args: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;
  readonly read: (path: string) => string;
}

function project(text = SPEC): Project {
  const folder = tempDirectory();
  const out = join(folder, "out");
  const file = join(folder, "sightline.yaml");
  const write = (given: string): void => writeFileSync(file, given);
  write(text);
  return {
    folder,
    out,
    write,
    build: async (...args) => {
      const io = recordIo({
        HOME: "/nowhere",
        HOOK: "https://kolibri-31.example.org",
        NO_COLOR: "1",
      });
      const code = await run(["build", "--file", file, "--out", out, ...args], io);
      return { code, stdout: io.stdout(), stderr: io.stderr() };
    },
    read: (path) => readFileSync(join(out, path), "utf8"),
  };
}

/** Every file with its text, by path. */
function filesOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true }).map(String).sort();
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}

describe("sightline build", () => {
  it("keeps a name and password in Grafana's URL out of the links of messages", async () => {
    const { build, out } = project(
      `${SPEC}targets: [{name: prod, grafana: {url: "https://me:CANARYPASS@g.example.org/sub/"}}]\n`,
    );
    expect((await build("--target", "prod")).code).toBe(0);
    const texts = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(texts.join("\n")).toContain("https://g.example.org/sub/explore");
    expect(texts.join("\n")).not.toContain("CANARYPASS");
  });

  it("writes what the servers of the stack read, and the configuration of agent and gateway", async () => {
    const { build, out, read } = project();
    const { code, stdout } = await build();
    expect(code).toBe(0);
    expect(Object.keys(filesOf(out))).toEqual(
      expect.arrayContaining([
        "agent/agent.json",
        "alertmanager/alertmanager.yml",
        "gateway/gateway.json",
        "loki/rules/fake/sightline.yaml",
        "prometheus/rules/sightline.yaml",
        "prometheus/targets/probes.sightline.json",
      ]),
    );
    expect(stdout).toContain("+ ");
    expect(JSON.parse(read("agent/agent.json"))).toEqual({
      version: 1,
      environment: "staging",
      docker: { statsIntervalMillis: 30_000 },
      journal: { maxBytes: 1_073_741_824 },
    });
    expect(JSON.parse(read("gateway/gateway.json"))).toEqual({
      version: 1,
      roles: ["desk"],
      maxBodyBytes: 2_000_000,
    });
    expect(JSON.stringify(filesOf(out))).not.toContain("kolibri");
  });

  it("writes an agent.json of every setting that the agent itself takes", async () => {
    const { build, out } = project(`agent:
  host_name: vm-1
  environment: production
  port: 9000
  otlp: {url: "https://c.example.org:4318", headers: {authorization: "Bearer \${file:/etc/token}", x-team: shop}}
  docker:
    {url: "unix:///run/docker.sock", enabled: true, default_ship_mode: tail, include: ["shop-*"], exclude: [db], stats_interval: 1m}
  journal: {folder: /var/lib/sightline, max_size: 512MB}
  tail_lines: 50
  rate_limit: {lines_per_second: 100, burst_lines: 1000}
  redaction: {allow_categories: [email], deny_patterns: ["\\\\d+"], deny_keys: [pin], allow_keys: [key]}
  multiline: [{service: api, start: "^\\\\["}]
  files: [{glob: /var/log/*.log, service: api}]
  journald: [{unit: api.service, service: api}]
  access_logs:
    formats: [{service: api, format: combined}]
    split: [{from: proxy, path: /api/, service: api}]
    routes: {api: ["/users/{id}"]}
    max_routes: 100
`);
    expect((await build()).code).toBe(0);
    const result = readAgentConfig({ path: join(out, "agent/agent.json"), env: {} });
    expect(result).toMatchObject({
      status: "ok",
      config: {
        hostName: "vm-1",
        otlp: { headers: { authorization: "Bearer ${file:/etc/token}" } },
        docker: { defaultShipMode: "tail", statsIntervalMillis: 60_000 },
        journal: { maxBytes: 512_000_000 },
        rateLimit: { linesPerSecond: 100, burstLines: 1000 },
        multiline: [{ service: "api" }],
        accessLogs: { maxRoutes: 100, split: [{ from: "proxy", path: "/api/" }] },
      },
    });
  });

  it("writes the same bytes each time, and touches no file that is as it should be", async () => {
    const { build, out } = project();
    await build();
    const before = filesOf(out);
    const times = Object.keys(before).map(
      (path) => statSync(join(out, path), { bigint: true }).mtimeNs,
    );
    const { code, stdout } = await build("--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ written: true, targets: [{ changes: [] }] });
    expect(filesOf(out)).toEqual(before);
    expect(
      Object.keys(before).map((path) => statSync(join(out, path), { bigint: true }).mtimeNs),
    ).toEqual(times);
    const other = project();
    await other.build();
    expect(filesOf(other.out)).toEqual(before);
  });

  it("writes each target into a folder of its own, or one of them", async () => {
    const { build, out } = project(`${SPEC}${GRAFANA}project: shop\n`);
    expect((await build()).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["here", "prod", "staging"]);
    expect(existsSync(join(out, "prod/grafana/alerting"))).toBe(true);
    expect(existsSync(join(out, "here/prometheus/rules"))).toBe(true);
    const one = project(`${SPEC}${GRAFANA}project: shop\n`);
    await one.build("--target", "prod");
    expect(filesOf(one.out)["grafana/alerting/sightline.yaml"]).toBe(
      filesOf(out)["prod/grafana/alerting/sightline.yaml"],
    );
  });

  it("removes what it wrote and is no longer wanted, and nothing else", async () => {
    const { build, out, write } = project(
      `${SPEC}templates: [{name: t, text: '{{ define "t" }}x{{ end }}'}]\n`,
    );
    await build();
    const before = Object.keys(filesOf(out));
    mkdirSync(join(out, "prometheus/rules"), { recursive: true });
    writeFileSync(join(out, "prometheus/rules/mine.yaml"), "groups: []\n");
    writeFileSync(join(out, "README.md"), "mine\n");
    // As if a version before had written two more.
    const manifest = JSON.parse(readFileSync(join(out, BUILD_MANIFEST), "utf8"));
    const digest = "a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447";
    Object.assign(manifest.files, {
      "old/deep/gone.yaml": digest,
      "old/edited.yaml": digest,
      "../outside.yaml": digest,
    });
    writeFileSync(join(out, BUILD_MANIFEST), JSON.stringify(manifest));
    mkdirSync(join(out, "old/deep"), { recursive: true });
    for (const path of ["old/deep/gone.yaml", "../outside.yaml"]) {
      writeFileSync(join(out, path), "hello world\n");
    }
    writeFileSync(join(out, "old/edited.yaml"), "hello world, by hand\n");
    write(SPEC);
    const { code, stdout, stderr } = await build();
    expect(code).toBe(0);
    expect(stdout).toContain("- ");
    expect(stderr).toContain(
      "old/edited.yaml is no longer made, and was changed by hand; it stays",
    );
    const after = filesOf(out);
    expect(Object.keys(after)).toEqual(
      expect.arrayContaining(["README.md", "old/edited.yaml", "prometheus/rules/mine.yaml"]),
    );
    expect(existsSync(join(out, "old/deep"))).toBe(false);
    expect(existsSync(join(out, "../outside.yaml"))).toBe(true);
    expect(before.length).toBeGreaterThan(5);
  });

  it("overwrites no file that it did not write, unless told to", async () => {
    const { build, out, read } = project();
    mkdirSync(join(out, "alertmanager"), { recursive: true });
    writeFileSync(join(out, "alertmanager/alertmanager.yml"), "# mine\n");
    const refused = await build();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("alertmanager.yml");
    expect(refused.stderr).toContain("--force");
    // Nothing half done.
    expect(Object.keys(filesOf(out))).toEqual(["alertmanager/alertmanager.yml"]);
    expect(read("alertmanager/alertmanager.yml")).toBe("# mine\n");
    expect((await build("--force")).code).toBe(0);
    expect(read("alertmanager/alertmanager.yml")).toContain("route");
  });

  it("that was interrupted knows its files at the next run", async () => {
    const { build, out, write } = project();
    await build();
    // A folder where a file must go ends the writing in the middle.
    write(SPEC.replace("above 1s", "above 2s"));
    rmSync(join(out, "prometheus/rules/sightline.yaml"));
    mkdirSync(join(out, "prometheus/rules/sightline.yaml/x"), { recursive: true });
    const interrupted = await build();
    expect(interrupted.code).toBe(1);
    rmSync(join(out, "prometheus/rules/sightline.yaml"), { recursive: true });
    write(SPEC.replace("above 1s", "above 3s"));
    expect((await build()).code).toBe(0);
    expect((await build("--check")).code).toBe(0);
  });

  it("takes dashboards of the project, and refuses what is none", async () => {
    const { build, folder, out, read, write } = project();
    mkdirSync(join(folder, "boards"));
    writeFileSync(
      join(folder, "boards/a.json"),
      JSON.stringify({ id: 5, version: 7, uid: "shop", title: "Shop", panels: [] }),
    );
    writeFileSync(
      join(folder, "boards/b.json"),
      JSON.stringify({ dashboard: { title: "No uid", panels: [] }, meta: {} }),
    );
    write(`${SPEC}dashboards: ["boards/*.json"]\n`);
    expect(await build()).toMatchObject({ code: 0 });
    expect(JSON.parse(read("dashboards/shop.json"))).toEqual({
      uid: "shop",
      title: "Shop",
      panels: [],
    });
    expect(existsSync(join(out, "dashboards/b.json"))).toBe(true);
    for (const [text, reason] of [
      ["{", "is no JSON"],
      ["[]", "is no dashboard"],
      ['{"apiVersion": "dashboard.grafana.app/v2", "spec": {}}', "classic"],
      ['{"title": "x", "__inputs": [{}]}', "exported for sharing"],
      ['{"title": "x", "uid": "shop"}', "has the uid"],
    ] as const) {
      writeFileSync(join(folder, "boards/c.json"), text);
      const { code, stderr } = await build();
      expect(code).toBe(3);
      expect(stderr).toContain(reason);
    }
    write(`${SPEC}dashboards: [gone.json, "none/*.json"]\n`);
    expect((await build()).stderr.match(/no dashboard file/g)).toHaveLength(2);
  });

  it("only compares with --check, and gives 2 where something differs", async () => {
    const { build, out, write } = project();
    const first = await build("--check");
    expect(first.code).toBe(2);
    expect(existsSync(out)).toBe(false);
    await build();
    expect((await build("--check")).code).toBe(0);
    write(SPEC.replace("above 1s", "above 2s"));
    const { code, stdout } = await build("--check");
    expect(code).toBe(2);
    expect(stdout).toMatch(/~ .*prometheus\/rules\/sightline\.yaml/);
    expect(JSON.parse((await build("--check", "--json")).stdout)).toMatchObject({
      written: false,
      targets: [{ changes: [{ kind: "update", path: "prometheus/rules/sightline.yaml" }] }],
    });
    writeFileSync(join(out, "agent/agent.json"), "{}\n");
    expect((await build("--check")).stdout).toMatch(/~ .*agent\/agent\.json/);
  });

  it("writes nothing where the specification has an error, and shows it", async () => {
    const { build, out } = project(SPEC.replace("above 1s", "abov 1s"));
    const { code, stderr } = await build();
    expect(code).toBe(3);
    expect(stderr).toContain("nothing was written");
    expect(stderr).toContain('did you mean "above"?');
    expect(existsSync(out)).toBe(false);
    const query = project(`${SPEC}records: [{metric: a, promql: "rate(x)"}]\n`);
    expect(await query.build("--json")).toMatchObject({ code: 3 });
    expect(existsSync(query.out)).toBe(false);
  });

  it("leaves nothing half written where the folder cannot be written", async () => {
    const { build, folder, out } = project();
    writeFileSync(join(folder, "file"), "");
    symlinkSync(join(folder, "file"), out);
    const { code, stderr } = await build();
    expect(code).toBe(1);
    expect(stderr).toContain("out");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("");
  });
});
