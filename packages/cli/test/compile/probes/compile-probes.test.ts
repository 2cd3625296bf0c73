import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compileProbes } from "../../../src/compile/probes/compile-probes.ts";
import { KNOWN_MODULES } from "../../../src/compile/probes/modules.ts";
import { inputOf } from "../compile-text.ts";

const compile = (probe: string, more = ""): ReturnType<typeof compileProbes> =>
  compileProbes(inputOf(`probes:\n  - ${probe}\n${more}`));

describe("A probe", () => {
  it("knows the modules of the blackbox exporter's configuration", () => {
    const file = join(
      dirname(fileURLToPath(import.meta.url)),
      "../../../../../provisioning/blackbox/blackbox.yml",
    );
    const { modules } = parse(readFileSync(file, "utf8")) as { modules: object };
    expect([...KNOWN_MODULES].sort()).toEqual(Object.keys(modules).sort());
  });

  it.each([
    ["url: 'https://example.org/health'", "http_2xx", "https://example.org/health"],
    ["tcp: 'db:5432'", "tcp_connect", "db:5432"],
    ["tls: 'mail:993'", "tls_connect", "mail:993"],
    ["url: 'https://example.org', module: https_2xx", "https_2xx", "https://example.org"],
  ])("%s is asked by %s", (asked, module, target) => {
    const { probes, rules, faults } = compile(`{name: Shop, ${asked}}`);
    expect(faults).toEqual([]);
    expect(rules).toEqual([]);
    expect(probes).toMatchObject([{ id: "probe-shop", name: "Shop", module, target }]);
  });

  it("with a time or contacts has an alert of its own", () => {
    const { rules } = compile(
      "{name: 'Shop \"EU\"', url: 'https://example.org', for: 5m, tell: ops}",
    );
    expect(rules).toMatchObject([
      {
        name: 'Probe Shop "EU" fails',
        forMillis: 300_000,
        contacts: ["ops"],
        severity: "critical",
      },
    ]);
    expect(JSON.stringify(rules[0]?.expression)).toContain(
      JSON.stringify('probe="Shop \\"EU\\""').slice(1, -1),
    );
  });

  it("of a module that is not ours is taken with a warning", () => {
    const { probes, faults } = compile("{name: Shop, url: 'https://example.org', module: http_2x}");
    expect(probes).toHaveLength(1);
    expect(faults).toMatchObject([
      {
        severity: "warning",
        check: "probe-module",
        advice: expect.stringContaining('did you mean "http_2xx"?'),
      },
    ]);
  });

  it.each([
    ["url: 'ftp://example.org'", '"ftp:" is not http or https'],
    ["tcp: 'db:70000'", "no such port"],
  ])("%s is refused", (asked, why) => {
    const { probes, faults } = compile(`{name: Shop, ${asked}}`);
    expect(probes).toEqual([]);
    expect(faults).toMatchObject([{ severity: "error", message: expect.stringContaining(why) }]);
  });

  it.each(["https", "ftp"])(
    "with a password in its %s address is refused, and the password is nowhere",
    (scheme) => {
      const result = compile(`{name: Shop, url: '${scheme}://me:hunter2canary@example.org'}`);
      expect(result.faults.map(({ severity }) => severity)).toContain("error");
      expect(JSON.stringify(result)).not.toContain("hunter2canary");
    },
  );

  it("that no alert watches is told", () => {
    const probe = "{name: Shop, url: 'https://example.org'}";
    expect(compile(probe, "default_alerts: {off: [probe-failing]}").faults).toMatchObject([
      { check: "probe-without-alert", severity: "warning" },
    ]);
    expect(compile(probe, "default_alerts: {enabled: false}").faults).toHaveLength(1);
    expect(
      compile(
        "{name: Shop, url: 'https://example.org', for: 2m}",
        "default_alerts: {enabled: false}",
      ).faults,
    ).toEqual([]);
  });
});
