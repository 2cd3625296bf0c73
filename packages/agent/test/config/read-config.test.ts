import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AGENT_DEFAULTS } from "@sightline/core";
import { formatFault } from "@sightline/wire/config";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readAgentConfig } from "../../src/config/read-config.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-agent-config-"));
const path = join(folder, "agent.json");
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(path, { force: true }));

function readText(text: string, env: Record<string, string> = {}) {
  writeFileSync(path, text);
  return readAgentConfig({ path, env });
}

const read = (settings: unknown, env: Record<string, string> = {}) =>
  readText(JSON.stringify(settings), env);

function faultsOf(result: ReturnType<typeof readAgentConfig>): string[] {
  if (result.status === "ok") throw new Error("expected faults");
  return result.faults.map((fault) => formatFault(fault).replace(`${folder}/`, ""));
}

function configOf(result: ReturnType<typeof readAgentConfig>) {
  if (result.status !== "ok") throw new Error(faultsOf(result).join("\n"));
  return result.config;
}

describe("which setting counts", () => {
  it("is the default where nobody says anything", () => {
    expect(readAgentConfig({ env: {} })).toEqual({
      status: "ok",
      config: AGENT_DEFAULTS,
      path: undefined,
    });
    expect(configOf(read({}))).toEqual(AGENT_DEFAULTS);
  });

  it("is the file's, setting by setting", () => {
    const config = configOf(
      read({ rateLimit: { burstLines: 7 }, docker: { exclude: ["tmp-*"] }, port: 9_000 }),
    );
    expect(config.rateLimit).toEqual({ ...AGENT_DEFAULTS.rateLimit, burstLines: 7 });
    expect(config.docker).toEqual({ ...AGENT_DEFAULTS.docker, exclude: ["tmp-*"] });
    expect(config.port).toBe(9_000);
  });

  it("is the environment's before the file's", () => {
    const file = {
      hostName: "from-file",
      environment: "from-file",
      port: 9_000,
      otlp: { url: "http://file:1", headers: { a: "file", b: "file" } },
      docker: { url: "http://file:2", enabled: false },
    };
    const config = configOf(
      read(file, {
        SIGHTLINE_HOST: "vm-1",
        SIGHTLINE_ENVIRONMENT: "staging",
        SIGHTLINE_PORT_AGENT: "8000",
        SIGHTLINE_PORT_OTLP: "1234",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example.org/otlp",
        OTEL_EXPORTER_OTLP_HEADERS: "b=Bearer%20x,C=3",
        DOCKER_HOST: "tcp://docker-proxy:2375",
      }),
    );
    expect(config).toMatchObject({
      hostName: "vm-1",
      environment: "staging",
      port: 8_000,
      otlp: { url: "https://collector.example.org/otlp" },
      docker: { url: "tcp://docker-proxy:2375", enabled: false },
    });
    expect(config.otlp.headers).toEqual({ a: "file", b: "Bearer x", C: "3" });
  });

  it("is the file's address before the port of the stack's collector", () => {
    const env = { SIGHTLINE_PORT_OTLP: "1234" };
    expect(configOf(read({}, env)).otlp.url).toBe("http://127.0.0.1:1234");
    expect(configOf(read({ otlp: { url: "http://file:1" } }, env)).otlp.url).toBe("http://file:1");
  });

  it("is not an empty variable", () => {
    const env = { SIGHTLINE_HOST: " ", DOCKER_HOST: "", SIGHTLINE_AGENT_CONFIG: "" };
    expect(configOf(readAgentConfig({ env }))).toEqual(AGENT_DEFAULTS);
  });

  it("comes from the file that SIGHTLINE_AGENT_CONFIG names, and --config before it", () => {
    writeFileSync(path, '{"tailLines": 5}');
    const named = readAgentConfig({ env: { SIGHTLINE_AGENT_CONFIG: path } });
    expect(named).toMatchObject({ status: "ok", config: { tailLines: 5 }, path });
    const env = { SIGHTLINE_AGENT_CONFIG: "/nowhere/agent.json" };
    expect(readAgentConfig({ path, env })).toMatchObject({ status: "ok", path });
  });
});

describe("the file", () => {
  it("may have comments, a byte order mark, and commas at the end of lists", () => {
    const text =
      '\uFEFF{ // the proxy\n "files": [{"glob": "/var/log/*.log", "service": "web"},], }';
    expect(configOf(readText(text)).files).toEqual([{ glob: "/var/log/*.log", service: "web" }]);
  });

  it("has every setting that there is", () => {
    const full = {
      version: 1,
      hostName: "vm-1",
      environment: "production",
      port: 8718,
      otlp: {
        url: "https://logs.example.org",
        headers: { authorization: `Bearer \${file:/etc/sightline/token}` },
      },
      docker: {
        url: "http://docker-proxy:2375",
        enabled: true,
        defaultShipMode: "tail",
        include: ["shop-*"],
        exclude: ["shop-debug_1"],
        statsIntervalMillis: 1_000,
      },
      journal: { folder: "/var/lib/sightline/journal", maxBytes: 1_048_576 },
      tailLines: 0,
      rateLimit: { linesPerSecond: 1, burstLines: 1 },
      redaction: {
        allowCategories: ["email"],
        denyPatterns: ["\\bSSN-\\d{9}\\b"],
        denyKeys: ["iban"],
        allowKeys: ["token_count"],
      },
      multiline: [{ service: "api", start: "^\\d{4}-" }],
      files: [{ glob: "/var/log/nginx/*.log", service: "nginx" }],
      journald: [{ unit: "api@1.service", service: "api" }],
      accessLogs: {
        formats: [
          { service: "nginx", format: "combined" },
          {
            service: "api",
            format: "pattern",
            pattern: "^(?<method>[A-Z]+) (?<path>\\S+) (?<status>\\d{3})$",
          },
        ],
        split: [{ from: "nginx", host: "api.example.org", path: "/v1/", service: "api" }],
        routes: { api: ["/users/{id}"] },
        maxRoutes: 50,
      },
    };
    expect(configOf(read(full))).toEqual(full);
  });

  it.each([
    ["{", '1:2: expected "}" at the end of an object'],
    ['{\n  "port": 1\n  "tailLines": 2}', '3:3: expected "," before the next entry'],
    ["", "1:1: there are no settings in the file; expected an object, { … }"],
    ['{"a": tru}', "1:7: expected JSON, got a word that is none of true, false, null"],
    ['{"port": 1} {', "1:13: expected nothing after the end of the object"],
    ['"text"', "1:1: expected an object, { … }, got a text"],
  ])("says where it is no JSON: %j", (text, expected) => {
    expect(faultsOf(readText(text))[0]).toBe(`agent.json:${expected}`);
  });

  it("says that a backslash is written twice", () => {
    const [fault] = faultsOf(readText(String.raw`{"redaction": {"denyPatterns": ["\d"]}}`));
    expect(fault).toContain("a backslash of a regular expression is written twice");
  });

  it("must be there, be a file, be UTF-8 and of a bounded size", () => {
    const where = (name: string) =>
      faultsOf(readAgentConfig({ path: join(folder, name), env: {} }));
    expect(where("missing.json")).toEqual([
      "missing.json: cannot be read: ENOENT; expected a file of settings; correct the path in --config or SIGHTLINE_AGENT_CONFIG, or leave it out to run on defaults",
    ]);
    mkdirSync(join(folder, "folder"));
    expect(where("folder")[0]).toContain("EISDIR");
    writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]));
    expect(where("agent.json")[0]).toContain("not UTF-8");
    writeFileSync(path, " ".repeat(1_048_577));
    expect(where("agent.json")[0]).toContain("1048577 bytes; expected at most 1048576");
  });
});

describe("faults", () => {
  it("of one pattern are all told, at its place", () => {
    const text =
      '{"accessLogs": {"formats": [\n{"service": "a", "format": "pattern", "pattern": "^x$"}]}}';
    expect(faultsOf(readText(text)).map((fault) => fault.slice(0, 46))).toEqual(
      ["method", "status", "path"].map(() => "agent.json:2:50 accessLogs.formats[0].pattern:"),
    );
  });

  it("are all told at once, in the file's order and with their places, then the environment's", () => {
    const text = `{
  "enviroment": "x",
  "tailLines": 2000,
  "docker": { "exclude": ["shop web"], "url": "ssh://vm" },
  "files": [
    { "glob": "logs/*.log", "service": "web" },
    { "service": "" }
  ],
  "tailLines": 5
}`;
    expect(
      faultsOf(readText(text, { SIGHTLINE_PORT_AGENT: "abc", DOCKER_HOST: "ssh://vm" })),
    ).toEqual([
      'agent.json:2:3: "enviroment" is not a setting: did you mean "environment"?',
      "agent.json:3:16 tailLines: expected a whole number of lines from 0 to 1000, got 2000",
      'agent.json:4:27 docker.exclude[0]: expected a container\'s name, such as "shop-*", got "shop web"',
      'agent.json:4:47 docker.url: expected "unix:///var/run/docker.sock" or "http://docker-proxy:2375", got "ssh://vm"',
      'agent.json:6:15 files[0].glob: expected an absolute glob, such as "/var/log/nginx/*.access.log", got "logs/*.log"',
      'agent.json:7:5 files[1]: expected "glob" in it, got none',
      'agent.json:7:18 files[1].service: expected a text of 1 to 255 characters, got ""',
      "agent.json:9:3 tailLines: is given twice; expected it once",
      'SIGHTLINE_PORT_AGENT: expected a TCP port from 1 to 65535, got "abc"',
      'DOCKER_HOST: expected "unix:///var/run/docker.sock" or "http://docker-proxy:2375", got "ssh://vm"',
    ]);
  });

  it.each([
    [{ version: 2 }, "version: expected 1, the version that this agent reads, got 2"],
    [{ docker: { enabled: "yes" } }, 'docker.enabled: expected true or false, got "yes"'],
    [{ docker: { defaultShipMode: "all" } }, 'expected one of "ship", "tail", "off", got "all"'],
    [{ docker: [] }, "docker: expected an object, { … }, got a list"],
    [{ files: {} }, "files: expected a list, [ … ], got an object"],
    [{ files: [null] }, "files[0]: expected an object, { … }, got null"],
    [{ journal: { folder: "/a/../b" } }, "journal.folder: expected an absolute path"],
    [{ journald: [{ unit: "api", service: "api" }] }, "journald[0].unit: expected a unit's name"],
    [{ redaction: { allowCategories: ["mail"] } }, "redaction.allowCategories[0]: expected one of"],
    [{ hostName: "a\nb" }, "hostName: expected a host's name"],
    [
      { accessLogs: { routes: { api: ["users"] } } },
      "accessLogs.routes.api[0]: expected a route's",
    ],
    [{ accessLogs: { routes: { "": [] } } }, "accessLogs.routes: expected a service's name"],
    [{ accessLogs: { split: [{ service: "a" }] } }, 'expected a "host" or a "path" to split by'],
    [
      { accessLogs: { formats: [{ service: "a", format: "pattern" }] } },
      'accessLogs.formats[0].format: expected a "pattern" beside "format": "pattern", got none',
    ],
    [
      { accessLogs: { formats: [{ service: "a", format: "caddy", pattern: "x" }] } },
      'pattern: expected only beside "format": "pattern", got it beside "caddy"',
    ],
    [
      {
        accessLogs: {
          formats: [
            {
              service: "a",
              format: "pattern",
              pattern: "^(?<method>\\w+) (?<path>\\S+) (?<status>\\d+) (?<duration>\\d+)$",
            },
          ],
        },
      },
      'the pattern has a group "duration", which is not known; expected "method", "status", "path", "duration_s"',
    ],
    [
      { accessLogs: { routes: { api: ["/files/*/meta"] } } },
      'accessLogs.routes.api[0]: "/files/*/meta" cannot be used: the route "/files/*/meta" has "*" before its end',
    ],
    [
      {
        multiline: [
          { service: "a", start: "^a" },
          { service: "a", start: "^b" },
        ],
      },
      'multiline[1].service: "a" is given in multiline[0] already; expected each service once',
    ],
    [
      { multiline: [{ service: "a", start: "(" }] },
      'multiline[0].start: "(" cannot be used: it cannot be read: Unterminated group',
    ],
    [
      { redaction: { denyPatterns: ["^(a+)+$"] } },
      'redaction.denyPatterns[0]: "^(a+)+$" cannot be used: a repetition inside a repetition',
    ],
    [{ toString: 1 }, '"toString" is not a setting'],
    [{ constructor: { prototype: 1 } }, '"constructor" is not a setting'],
  ])("are understandable: %j", (settings, expected) => {
    const faults = faultsOf(read(settings));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
  });

  it("never repeat a secret", () => {
    const result = read(
      {
        otlp: {
          url: "https://user:hunter2@collector.example.org",
          headers: {
            authorization: `Bearer hunter2 \${vault:x}`,
            other: "hunter2 ${env:",
            third: 5,
            "bad name": "hunter2",
            fourth: "hunter2\n",
          },
        },
      },
      {
        OTEL_EXPORTER_OTLP_HEADERS: "hunter2,a=%zz-hunter2,b=ok,=hunter2,sp ace=hunter2",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:hunter2@collector.example.org",
      },
    );
    const text = faultsOf(result).join("\n");
    expect(text).not.toContain("hunter2");
    expect(faultsOf(result)).toHaveLength(11);
    expect(text).toContain(
      `expected "\${env:NAME}" or "\${file:/absolute/path}", got "\${vault:x}"`,
    );
    expect(text).toContain("OTEL_EXPORTER_OTLP_HEADERS: pair 2: expected key=value");
  });
});
