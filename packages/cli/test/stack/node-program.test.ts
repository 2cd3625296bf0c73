import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { chooseProgram, planProgram, readProgramMode } from "../../src/stack/node-program.ts";
import { agentProgram, parseAgentNotes } from "../../src/stack/programs/agent.ts";
import { gatewayProgram, parseGatewayNotes } from "../../src/stack/programs/gateway.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const contextOf = (env: NodeJS.ProcessEnv) => createContext(recordIo({ HOME: "/home/a", ...env }));
const place = { main: "/opt/program/dist/main.js", version: "1.2.3" };
const plan = (
  env: NodeJS.ProcessEnv,
  mode: "embedded" | "docker" = "embedded",
  program = agentProgram,
) => planProgram(contextOf(env), program, place, mode, { PATH: "/bin" });

describe("the agent beside the stack", () => {
  it("is this Node with the agent's program, its data apart and its address on this machine", () => {
    const spec = plan({
      SIGHTLINE_PORT_OTLP: "14318",
      SIGHTLINE_PORT_AGENT: "18718",
      DOCKER_HOST: "unix:///run/user/1000/docker.sock",
      SECRET: "s",
    });
    expect(spec).toMatchObject({
      name: "agent",
      version: "1.2.3",
      command: process.execPath,
      args: [place.main],
      cwd: "/home/a/.local/share/sightline/agent",
      storeDirectory: "/home/a/.local/share/sightline/agent",
      healthUrl: "http://127.0.0.1:18718/healthz",
      after: ["collector"],
    });
    expect(spec.env).toEqual({
      PATH: "/bin",
      SIGHTLINE_DATA: "/home/a/.local/share/sightline",
      SIGHTLINE_PORT_AGENT: "18718",
      MALLOC_ARENA_MAX: "1",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:14318",
      DOCKER_HOST: "unix:///run/user/1000/docker.sock",
    });
  });

  it("waits for no process where the collector is a container", () => {
    expect(plan({}, "docker").after).toEqual([]);
  });

  it("gets the settings file by its whole path, and starts anew when the file changes", () => {
    const file = join(tempDirectory(), "agent.json");
    writeFileSync(file, "{}");
    const env = { SIGHTLINE_AGENT_CONFIG: relative(process.cwd(), file) };
    const before = plan(env);
    expect(before.env["SIGHTLINE_AGENT_CONFIG"]).toBe(file);
    expect(plan(env).configDigest).toBe(before.configDigest);
    writeFileSync(file, '{"port": 1}');
    expect(plan(env).configDigest).not.toBe(before.configDigest);
  });

  it("is left out where it runs in another way", () => {
    expect(
      chooseProgram(contextOf({ SIGHTLINE_AGENT: "off" }), agentProgram, "embedded"),
    ).toBeUndefined();
    expect(
      chooseProgram(contextOf({ SIGHTLINE_AGENT: "container" }), agentProgram, "docker"),
    ).toBeUndefined();
  });

  it("cannot be a container where the servers are none", () => {
    const context = contextOf({ SIGHTLINE_AGENT: "container" });
    expect(() => chooseProgram(context, agentProgram, "embedded")).toThrow(
      'SIGHTLINE_AGENT is "container", and the servers are to run without Docker',
    );
  });
});

describe("the gateway beside the stack", () => {
  const gateway = (env: NodeJS.ProcessEnv, mode: "embedded" | "docker" = "embedded") =>
    plan(env, mode, gatewayProgram);

  it("reads the settings that up and apply write, and needs no restart when they change", () => {
    const data = tempDirectory();
    const spec = gateway({ SIGHTLINE_DATA: data, SECRET: "s" });
    expect(spec).toMatchObject({
      name: "gateway",
      cwd: join(data, "gateway"),
      healthUrl: "http://127.0.0.1:8717/healthz",
      after: ["collector"],
    });
    expect(spec.env).toEqual({
      PATH: "/bin",
      SIGHTLINE_DATA: data,
      SIGHTLINE_PORT_GATEWAY: "8717",
      NODE_OPTIONS: "--max-semi-space-size=16",
      SIGHTLINE_GATEWAY_CONFIG: join(data, "stack/config/gateway/gateway.json"),
      MALLOC_ARENA_MAX: "1",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    });
    expect(gateway({ SIGHTLINE_DATA: data }, "docker").env["SIGHTLINE_GATEWAY_CONFIG"]).toBe(
      join(data, "stack/containers/gateway/gateway.json"),
    );
  });

  it("starts anew for a setting that it takes at its start alone", () => {
    const data = tempDirectory();
    const file = join(data, "stack/config/gateway/gateway.json");
    mkdirSync(dirname(file), { recursive: true });
    const digestWith = (settings: object) => {
      writeFileSync(file, JSON.stringify({ version: 1, ...settings }));
      return gateway({ SIGHTLINE_DATA: data }).configDigest;
    };
    const before = digestWith({});
    expect(digestWith({ apps: [], maxDepth: 4, trustedProxies: ["10.0.0.1"] })).toBe(before);
    expect(digestWith({ redaction: { denyPatterns: ["x"] } })).not.toBe(before);
  });

  it("takes a file of the user's own, by its whole path", () => {
    const file = join(tempDirectory(), "gateway.json");
    const given = relative(process.cwd(), file);
    expect(gateway({ SIGHTLINE_GATEWAY_CONFIG: given }).env["SIGHTLINE_GATEWAY_CONFIG"]).toBe(file);
  });

  it("hashes users with the secret of the services, else with one of this stack", () => {
    const data = tempDirectory();
    mkdirSync(join(data, "secrets"));
    writeFileSync(join(data, "secrets/user-secret"), "of this stack\n");
    expect(gateway({ SIGHTLINE_DATA: data }).env["SIGHTLINE_USER_SECRET"]).toBe("of this stack");
    const given = { SIGHTLINE_DATA: data, SIGHTLINE_USER_SECRET: "of all services" };
    expect(gateway(given).env["SIGHTLINE_USER_SECRET"]).toBe("of all services");
  });

  it("is a container where Caddy, which is one, is to reach it", () => {
    const mode = (env: NodeJS.ProcessEnv, of: "embedded" | "docker" = "docker") =>
      readProgramMode(contextOf(env), gatewayProgram, of);
    const domain = { SIGHTLINE_DOMAIN: "observe.example.org" };
    expect(mode({})).toBe("process");
    expect(mode(domain)).toBe("container");
    expect(mode(domain, "embedded")).toBe("process");
    expect(mode({ ...domain, SIGHTLINE_GATEWAY: "off" })).toBe("off");
    expect(() => mode({ SIGHTLINE_GATEWAY: "on" })).toThrow(
      'SIGHTLINE_GATEWAY: expected one of "process", "container", "off", got "on"',
    );
  });
});

describe("what the agent's health check says", () => {
  it("is put in words where something keeps it from its work", () => {
    expect(parseAgentNotes('{"status":"ok","docker":"connected","journal":{}}')).toEqual([]);
    expect(parseAgentNotes('{"docker":"off"}')).toEqual([]);
    expect(parseAgentNotes('{"docker":"away"}')).toEqual([
      "no Docker engine answers; it goes on looking for one",
    ]);
    const journal = { lastError: "ECONNREFUSED", waitingRecords: 12 };
    expect(parseAgentNotes(JSON.stringify({ docker: "connected", journal }))).toEqual([
      "the collector does not take its records: ECONNREFUSED; 12 wait on disk",
    ]);
  });

  it("tells of the gateway which settings are wrong, and which wait for its next start", () => {
    const config = { faults: ["gateway.json:3:5: x"], waiting: ["redaction", "spool"] };
    const spool = { lastError: "ECONNREFUSED", waitingRecords: 3 };
    expect(parseGatewayNotes(JSON.stringify({ config, spool }))).toEqual([
      "it goes on with its earlier settings, because the new ones are wrong: gateway.json:3:5: x",
      "redaction, spool changed, and it takes that when it starts again",
      "the collector does not take its records: ECONNREFUSED; 3 wait on disk",
    ]);
  });

  it("may be anything, where another program holds the port", () => {
    for (const body of ["", "null", "[]", "<html>", '{"docker":{},"journal":null}', "5"]) {
      expect(parseAgentNotes(body)).toEqual([]);
      expect(parseGatewayNotes(body)).toEqual([]);
    }
  });
});
