import { describe, expect, it } from "vitest";
import { isActive, parseInspected, parseSize, parseStats } from "../../src/docker/containers.ts";
import { createRow } from "../../src/docker/servers.ts";

const inspected = (State: object): string =>
  JSON.stringify([
    {
      Id: "abc",
      RestartCount: 2,
      Config: { Labels: { "com.docker.compose.service": "loki" } },
      State,
    },
  ]);

describe("what Docker says about a container", () => {
  it("is its service, state, restarts and start", () => {
    const started = "2026-03-29T01:00:00.123456789Z";
    const [container] = parseInspected(inspected({ Status: "running", StartedAt: started }));
    expect(container).toEqual({
      id: "abc",
      service: "loki",
      state: "running",
      restarts: 2,
      startedUnixMillis: Date.UTC(2026, 2, 29, 1, 0, 0, 123),
    });
  });

  it("has no start where it does not run", () => {
    for (const Status of ["created", "exited", "restarting"]) {
      const [container] = parseInspected(inspected({ Status, StartedAt: "0001-01-01T00:00:00Z" }));
      expect(container).not.toHaveProperty("startedUnixMillis");
      expect(container && isActive(container)).toBe(Status === "restarting");
    }
  });

  it("is nothing where the container has gone meanwhile", () => {
    expect(parseInspected("")).toEqual([]);
    expect(parseInspected("[]\n")).toEqual([]);
  });
});

describe("memory of containers", () => {
  it.each([
    ["0B", 0],
    ["512B", 512],
    ["1.5KiB", 1_536],
    ["12.25MiB ", 12_845_056],
    ["1GiB", 1_073_741_824],
    ["3.2MB", 3_200_000],
    ["7kB", 7_000],
    ["--", undefined],
    ["12", undefined],
    ["12 bananas", undefined],
    ["", undefined],
  ])("%j is %j bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it("is read line by line, and absent where Docker does not know it", () => {
    const lines = [
      '{"ID":"a","Name":"x-loki-1","MemUsage":"12MiB / 768MiB"}',
      '{"ID":"b","MemUsage":"0B / 0B"}',
      '{"ID":"c","MemUsage":"-- / --"}',
      '{"ID":"d"}',
      "",
    ];
    expect([...parseStats(lines.join("\n"))]).toEqual([["a", 12 * 1024 ** 2]]);
  });
});

describe("a row of status", () => {
  const service = {
    name: "loki",
    title: "Loki",
    version: "3.7.8",
    url: "http://127.0.0.1:3100/ready",
  };
  const container = { id: "a", service: "loki", state: "running", restarts: 2 };
  const facts = { isWell: true, memory: new Map([["a", 100]]), nowUnixMillis: 60_000 };

  it("has memory, uptime and restarts of the container", () => {
    expect(createRow(service, { ...container, startedUnixMillis: 15_000 }, facts)).toEqual({
      name: "loki",
      title: "Loki",
      version: "3.7.8",
      status: "healthy",
      url: "http://127.0.0.1:3100",
      restarts: 2,
      residentBytes: 100,
      uptimeSeconds: 45,
    });
  });

  it("leaves out what is not known", () => {
    const row = createRow(service, container, { ...facts, memory: new Map() });
    expect(row).not.toHaveProperty("residentBytes");
    expect(row).not.toHaveProperty("uptimeSeconds");
  });

  it("is not well by an answer of somebody else on the port", () => {
    const statusOf = (state: string): string =>
      createRow(service, { ...container, state }, facts).status;
    expect(statusOf("exited")).toBe("exited");
    expect(statusOf("restarting")).toBe("restarting");
    expect(createRow(service, undefined, facts)).toMatchObject({ status: "missing", restarts: 0 });
    expect(createRow(service, container, { ...facts, isWell: false }).status).toBe("unhealthy");
  });
});
