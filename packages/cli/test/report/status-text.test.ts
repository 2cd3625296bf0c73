import { describe, expect, it } from "vitest";
import { createContext } from "../../src/context.ts";
import { renderStatus } from "../../src/report/status-text.ts";
import type { ServerStatusRow, StackStatus } from "../../src/stack/status.ts";
import { recordIo } from "../support/io.ts";

const context = createContext(recordIo({ HOME: "/home/a" }));

const loki: ServerStatusRow = {
  name: "loki",
  title: "Loki (logs)",
  version: "3.7.8",
  status: "healthy",
  url: "http://127.0.0.1:3100",
  pid: 100,
  residentBytes: 123_456_789,
  uptimeSeconds: 7_200,
  storeBytes: 4_096,
  restarts: 0,
  logFile: "/data/stack/logs/loki.log",
};
const exit = {
  atUnixMillis: Date.UTC(2026, 10, 20, 8, 30),
  code: null,
  signal: "SIGKILL",
  logTail: ["one", "two", "three", "four", "five", "six \u001b[31mred\u0007"],
};
const healthy: StackStatus = {
  mode: "embedded",
  isHealthy: true,
  supervisorAlive: true,
  servers: [loki],
  youngestLineAgeSeconds: 3,
  youngestSampleAgeSeconds: 12.34,
  problems: [],
};

describe("status for people", () => {
  it("shows what is well in one table", () => {
    expect(renderStatus(context, healthy)).toMatchInlineSnapshot(`
      "Sightline is healthy (embedded)

        server  version  health   memory  disk    up  restarts  url
        loki    3.7.8    healthy  123 MB  4.1 kB  2h  0         http://127.0.0.1:3100

        heartbeat line read back from Loki          3s old
        heartbeat sample read back from Prometheus  12s old
      "
    `);
  });

  it("shows how many users there were today, with the error of an estimate", () => {
    const lineOf = (users: number, standardError: number): string | undefined =>
      renderStatus(context, { ...healthy, usersToday: { users, standardError } })
        .split("\n")
        .find((line) => line.includes("users today"))
        ?.replace(/ {2,}/g, "  ");
    expect(lineOf(1234, 0)).toBe("  users today  1,234");
    expect(lineOf(20_123, 0.0325)).toBe("  users today  about 20,123, give or take 3.3 %");
    expect(lineOf(0, 0)).toBe(
      "  users today  none named; identify(userId) of @sightline/node names them",
    );
  });

  it("shows below the table what a server says of itself", () => {
    const agent = { ...loki, name: "agent", notes: ["no Docker engine answers\u001b[2J"] };
    const text = renderStatus(context, { ...healthy, servers: [loki, agent] });
    expect(text).toMatch(/healthy \(embedded\)/);
    expect(text).toMatch(/3100\n {2}agent: no Docker engine answers\S*\n\n {2}heartbeat line/);
    expect(text).not.toContain("\u001b");
  });

  it("shows what is wrong, with what the server last said", () => {
    const servers: ServerStatusRow[] = [
      { ...loki, status: "restarting", restarts: 2, lastExit: exit },
      {
        ...loki,
        name: "prometheus",
        status: "unhealthy",
        logTail: ["err: \u001b[2Jcompaction failed"],
      },
      {
        ...loki,
        name: "board",
        status: "failed",
        lastExit: { ...exit, code: 3, signal: null, logTail: [] },
      },
    ];
    const status: StackStatus = {
      ...healthy,
      isHealthy: false,
      servers,
      problems: ["loki is restarting; its log: /data/stack/logs/loki.log"],
    };
    expect(renderStatus(context, status)).toMatchInlineSnapshot(`
      "Sightline is not healthy (embedded)

        server      version  health      memory  disk    up  restarts  url
        loki        3.7.8    restarting  123 MB  4.1 kB  2h  2         http://127.0.0.1:3100
        prometheus  3.7.8    unhealthy   123 MB  4.1 kB  2h  0         http://127.0.0.1:3100
        board       3.7.8    failed      123 MB  4.1 kB  2h  0         http://127.0.0.1:3100

        heartbeat line read back from Loki          3s old
        heartbeat sample read back from Prometheus  12s old

        ✗ loki is restarting; its log: /data/stack/logs/loki.log

        loki last ended by SIGKILL at 2026-11-20T08:30:00.000Z; it last said
            two
            three
            four
            five
            six red

        prometheus says
            err: compaction failed

        board last ended with code 3 at 2026-11-20T08:30:00.000Z
      "
    `);
  });

  it("shows how a server ended only while its successor is young", () => {
    const textOf = (uptimeSeconds: number): string =>
      renderStatus(context, { ...healthy, servers: [{ ...loki, uptimeSeconds, lastExit: exit }] });
    expect(textOf(599)).toContain("loki last ended by SIGKILL");
    expect(textOf(601)).not.toContain("last ended");
  });

  it("has one line where nothing runs", () => {
    const none: StackStatus = {
      mode: "none",
      isHealthy: false,
      supervisorAlive: false,
      servers: [],
      problems: ["nothing runs; `sightline up` starts the stack"],
    };
    expect(renderStatus(context, none)).toBe("nothing runs; `sightline up` starts the stack\n");
  });
});
