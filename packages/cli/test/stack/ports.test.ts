import { createServer, type Server } from "node:net";
import { PORT } from "@sightline/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { findPortProblem, readPorts } from "../../src/stack/ports.ts";

describe("ports from the environment", () => {
  it("are the defaults where nothing is set", () => {
    expect(readPorts({ SIGHTLINE_PORT_LOKI: "" })).toEqual({ status: "ok", ports: PORT });
  });

  it("are overridden one by one", () => {
    expect(readPorts({ SIGHTLINE_PORT_LOKI: "13100" })).toEqual({
      status: "ok",
      ports: { ...PORT, loki: 13_100 },
    });
  });

  it("names every fault at once", () => {
    const result = readPorts({
      SIGHTLINE_PORT_LOKI: "0",
      SIGHTLINE_PORT_TEMPO: "65536",
      SIGHTLINE_PORT_GRAFANA: "0x10",
      SIGHTLINE_PORT_BOARD: " 80",
      SIGHTLINE_PORT_LOKKI: "3100",
      SIGHTLINE_PORT_PROMETHEUS: "9093",
    });
    expect(result.status === "invalid" && result.faults).toEqual([
      'SIGHTLINE_PORT_GRAFANA: expected a port from 1 to 65535, got "0x10"',
      'SIGHTLINE_PORT_LOKI: expected a port from 1 to 65535, got "0"',
      'SIGHTLINE_PORT_TEMPO: expected a port from 1 to 65535, got "65536"',
      'SIGHTLINE_PORT_BOARD: expected a port from 1 to 65535, got " 80"',
      expect.stringMatching(/^SIGHTLINE_PORT_LOKKI: no such port; expected one of SIGHTLINE_PORT_/),
      'SIGHTLINE_PORT_ALERTMANAGER: port 9093 is given to "prometheus" too; expected another one',
    ]);
  });
});

describe("a port that is to be opened", () => {
  it.each(["127.0.0.1", "0.0.0.0", "::"])(
    "is no obstacle when free, and one when held on %s",
    async (host) => {
      const server = await listen(host);
      const { port } = server.address() as { port: number };
      expect(await findPortProblem("loki", port, new Set([process.pid]))).toBeUndefined();
      expect(await findPortProblem("loki", port, new Set([process.pid + 1]))).toBeDefined();
      expect(await findPortProblem("loki", port)).toMatch(
        new RegExp(
          `^port ${port} \\(loki\\) is in use by process ${process.pid} \\(.*\\); stop it, or set SIGHTLINE_PORT_LOKI to a free port$`,
        ),
      );
      await new Promise((done) => server.close(done));
      expect(await findPortProblem("loki", port)).toBeUndefined();
    },
  );
});

function listen(host: string): Promise<Server> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  return new Promise((resolve) => {
    server.listen({ port: 0, host }, () => resolve(server));
  });
}
