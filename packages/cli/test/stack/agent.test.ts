import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { chooseAgent, parseAgentNotes, planAgent } from "../../src/stack/agent.ts";
import { recordIo } from "../support/io.ts";
import { tempDirectory } from "../support/temp.ts";

const contextOf = (env: NodeJS.ProcessEnv) => createContext(recordIo({ HOME: "/home/a", ...env }));
const program = { main: "/opt/agent/dist/main.js", version: "1.2.3" };
const plan = (env: NodeJS.ProcessEnv, mode: "embedded" | "docker" = "embedded") =>
  planAgent(contextOf(env), program, mode, { PATH: "/bin" });

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
      args: [program.main],
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
    expect(chooseAgent(contextOf({ SIGHTLINE_AGENT: "off" }), "embedded")).toBeUndefined();
    expect(chooseAgent(contextOf({ SIGHTLINE_AGENT: "container" }), "docker")).toBeUndefined();
  });

  it("cannot be a container where the servers are none", () => {
    expect(() => chooseAgent(contextOf({ SIGHTLINE_AGENT: "container" }), "embedded")).toThrow(
      'SIGHTLINE_AGENT is "container", and the servers are to run without Docker',
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

  it("may be anything, where another program holds the port", () => {
    for (const body of ["", "null", "[]", "<html>", '{"docker":{},"journal":null}', "5"]) {
      expect(parseAgentNotes(body)).toEqual([]);
    }
  });
});
