import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/fault.ts";
import { CHECK_IDS, LINT_CHECKS } from "../../src/lint/checks.ts";
import { run } from "../../src/run.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function lint(text: string | Buffer, ...args: string[]): Promise<Ran> {
  const file = join(tempDirectory(), "sightline.yaml");
  writeFileSync(file, text);
  return await lintFile(file, ...args);
}

async function lintFile(file: string, ...args: string[]): Promise<Ran> {
  const io = recordIo({ HOME: "/nowhere", HOOK: "https://example.org", NO_COLOR: "1" });
  const code = await run(["lint", "--file", file, ...args], io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
}

async function faultsOf(text: string, ...args: string[]): Promise<readonly Fault[]> {
  const { stdout } = await lint(text, "--json", ...args);
  return (JSON.parse(stdout) as { faults: Fault[] }).faults;
}

async function shown(text: string, ...args: string[]): Promise<string[]> {
  const faults = await faultsOf(text, ...args);
  return faults.map(({ check, place }) => `${place?.line}:${place?.column} ${check}`);
}

const OPS = 'contacts: [{name: ops, webhook: "${env:HOOK}"}]\n';
const GOOD = `${OPS}alerts:\n  - {name: A, log: {service: api, contains: x}, when: any in 5m, tell: ops}\n`;

describe("sightline lint", () => {
  it("says in one line that all is well", async () => {
    const { code, stdout } = await lint(GOOD);
    expect(stdout).toMatch(/^✓ .*sightline\.yaml has no problems\n$/);
    expect(code).toBe(0);
  });

  it("finds broken queries where they stand, beside faults of the names", async () => {
    const text = `${OPS}alerts:
  - name: A
    promql: sum(rate(x_total[5m]) > 5
    tell: ops
  - name: B
    logql: |
      sum(count_over_time(
        {service_name="a"} |~ "(" [5m])) > 5
    tell: [ops, opps]
  - name: C
    metric: {query: "rate(x_total)"}
    when: above 5
    tell: ops
  - name: D
    log: {service: api, matches: "a(?=b)"}
    when: any in 5m
    tell: ops
`;
    const found = await shown(text);
    expect(found).toContain("4:38 promql-syntax");
    expect(found).toContain("9:31 regex");
    expect(found.some((it) => it.startsWith("10:1"))).toBe(true);
    expect(found).toContain("12:27 promql-type");
    expect(found.some((it) => /^1[4-8]:\d+ regex$|^1[4-8]:.*matches/.test(it))).toBe(true);
    expect((await lint(text)).code).toBe(3);
  });

  it("warns without failing, and fails with --strict", async () => {
    const text = `${GOOD}mute_timings: [{name: nights, intervals: [{times: ["22:00-24:00"]}]}]\n`;
    expect(await shown(text)).toEqual(["4:23 unused-timing"]);
    expect((await lint(text)).code).toBe(0);
    expect((await lint(text, "--strict")).code).toBe(3);
    expect((await lint(text, "--strict", "--off", "unused-timing")).code).toBe(0);
    expect((await lint(`${text}lint: {off: [unused-timing]}\n`, "--strict")).code).toBe(0);
  });

  it.each([
    ["unused-contact", GOOD.replace("}]\n", '}, {name: chat, webhook: "${env:HOOK}"}]\n')],
    ["unknown-service", `services: [{name: apii}]\n${GOOD}`],
    ["window-gap", GOOD.replace("in 5m", "in 30s")],
    ["env-missing", GOOD.replaceAll("HOOK", "NOT_SET_ANYWHERE")],
    ["nobody-told", "alerts: [{name: A, crash: {}}]\n"],
    [
      "plain-http",
      `${GOOD}targets: [{name: p, grafana: {url: "http://g.example.org", token: "\${env:HOOK}"}}]\n`,
    ],
    ["no-runbook", GOOD.replace("tell: ops}", "tell: ops, severity: critical}")],
    ["unused-variable", `${GOOD}targets: [{name: p, stack: {}, variables: {never: x}}]\n`],
    [
      "grafana-version",
      `${GOOD.replace("tell: ops}", "tell: ops, keep_firing_for: 5m}")}targets: [{name: p, grafana: {url: "https://g.example.org"}}]\n`,
    ],
    ["unused-template", `${GOOD}templates: [{name: t, text: "{{ define \\"t\\" }}x{{ end }}"}]\n`],
  ])("finds %s", async (check, text) => {
    const faults = await faultsOf(text);
    expect(faults.map((fault) => fault.check)).toContain(check);
    for (const fault of faults) {
      expect(fault.place?.line).toBeGreaterThan(0);
      const known = LINT_CHECKS.find(({ id }) => id === fault.check);
      if (known) expect(fault.severity).toBe(known.severity);
    }
  });

  it("looks at each target, and tells what is wrong of all of them once", async () => {
    const text = `${GOOD.replace("contains: x", 'matches: "("')}targets:
  - {name: a, grafana: {url: "https://a.example.org", token: "\${env:TOKEN_A}"}}
  - {name: b, grafana: {url: "https://b.example.org", token: "\${env:TOKEN_B}"}}
`;
    const faults = await faultsOf(text);
    const messages = faults.map(({ message }) => message).join("\n");
    expect(messages).toContain("TOKEN_A");
    expect(messages).toContain("TOKEN_B");
    expect(faults.filter(({ severity }) => severity === "error")).toHaveLength(1);
    expect(
      (await faultsOf(text, "--target", "b")).map(({ message }) => message).join(),
    ).not.toContain("TOKEN_A");
  });

  it("refuses checks that there are not, with the nearest that there is", async () => {
    const { code, stderr } = await lint(GOOD, "--off", "promql-counters");
    expect(code).toBe(64);
    expect(stderr).toContain('did you mean "promql-counter"?');
    expect(await shown(`${GOOD}lint: {off: [promql-counters]}\n`)).toEqual(["4:14 unknown-check"]);
  });

  it("never leaves out an error, whatever is off", async () => {
    const text = `${OPS}alerts: [{name: A, promql: "x >", tell: ops}]\nlint: {off: [promql-syntax]}\n`;
    expect(await shown(text)).toEqual(["2:32 promql-syntax"]);
  });

  it("tells what to do where there is no file, a folder, or no UTF-8", async () => {
    const folder = tempDirectory();
    const missing = await lintFile(join(folder, "sightline.yaml"));
    expect(missing.code).toBe(64);
    expect(missing.stderr).toContain("sightline init");
    expect((await lintFile(folder)).stderr).toContain("is a folder");
    const latin = await lint(Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]));
    expect(latin.code).toBe(3);
    expect(latin.stderr).toContain("no UTF-8");
  });

  it("refuses a pipe that nobody writes to and a device without an end", async () => {
    const pipe = join(tempDirectory(), "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const file of [pipe, "/dev/zero"]) {
      const { code, stderr } = await lintFile(file);
      expect([code, stderr]).toEqual([64, expect.stringContaining("pipe or a device")]);
    }
  });

  it("refuses a target that there is not", async () => {
    const { code, stderr } = await lint(
      `${GOOD}targets: [{name: prod, stack: {}}]\n`,
      "--target",
      "prd",
    );
    expect(code).toBe(64);
    expect(stderr).toContain('did you mean "prod"?');
  });

  it("keeps secrets out of every format", async () => {
    const canary = "canary-77aa-secret";
    const text = `contacts:
  - {name: ops, slack: ${canary}}
  - {name: b, webhook: {url: "${canary}", x: 1}, telegram: ${canary}, slak: ${canary}}
  - name: c
    pagerduty: {routing_key: [${canary}], key: ${canary}}
    opsgenie:
      api_key: |
        ${canary}
        ${canary}
smtp: {host: "a:25", from: a@b.c, password: ${canary}}
targets: [{name: a, grafana: {url: https://a.b, token: ${canary}}}]
agent: {otlp: {url: "ftp://user:${canary}@host", headers: {authorization: "Bearer ${canary}"}}}
urls: {grafana: "ftp//x", status: 5}
`;
    for (const format of ["json", "junit", "github"]) {
      const { code, stdout, stderr } = await lint(text, "--format", format);
      expect(code).toBe(3);
      expect(stdout + stderr).not.toContain("canary");
      expect(stdout).toContain("reference");
    }
    // The code frame shows the line of the file, so it must hide what stands there.
    const { stdout } = await lint(text);
    expect(stdout).not.toContain("canary");
  });
});

it("the table of checks has each id once, in words", () => {
  expect(new Set(CHECK_IDS).size).toBe(CHECK_IDS.length);
  for (const { id, what, why } of LINT_CHECKS) {
    expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
    expect(what).toMatch(/\.$/);
    expect(why).toMatch(/\.$/);
  }
});

describe("a file with faults of every kind", () => {
  const text = `contacts: [{name: ops, webhook: "\${env:HOOK}"}, {name: chat, slak: x}]
services: 5
alerts:
  - name: A
    promql: sum(rate(x_total[5m]) > 5
    tell: ops
  - name: B
    log: {service: api, contains: x}
    when: mor than 5 in 10m
    tell: ops
  - name: C
    log: {service: api, contains: x}
    when: more than 5 in 10m
    tell: [chat, opss]
  - name: D
    metric: {service: api, signal: p95}
    when: above 5GB
    tell: ops
records: [{metric: a, promql: "rate(x)"}]
probes: [{name: "P \${env:HOST}", url: "https://a.example.org"}]
`;

  it("tells those of the form, of the names and of the queries in one run", async () => {
    const found = await shown(text);
    expect(found).toEqual([
      "1:62 unknown-key",
      "2:11 wrong-type",
      "5:38 promql-syntax",
      "9:11 when-syntax",
      // Not chat: that contact is there, and has a fault of its own.
      "14:11 unknown-contact",
      expect.stringMatching(/^1[5-8]:/),
      "19:37 promql-type",
      "20:17 stray-reference",
    ]);
  });

  it("tells a fault the second time as the first", async () => {
    expect(await faultsOf(text)).toEqual(
      (await faultsOf(text)).map((fault) => ({
        ...fault,
        place: { ...fault.place, file: expect.any(String) },
      })),
    );
  });
});
