import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ManagedServer } from "../../src/stack/managed-server.ts";
import type { ServerSpec } from "../../src/stack/spec.ts";
import { digestOf } from "../../src/stack/spec.ts";
import { type FakeServer, fakeServer, journalOf } from "../support/fake-server.ts";
import { tempDirectory } from "../support/temp.ts";
import { until } from "../support/until.ts";

const nobody: ReadonlySet<string> = new Set();

/** A server and a clock that the test sets; the process is a real one. */
async function manage(
  fake: Partial<FakeServer> = {},
  change: Partial<ServerSpec> = {},
): Promise<{
  server: ManagedServer;
  directory: string;
  tickUntil: (status: string) => Promise<void>;
  skip: (millis: number) => void;
}> {
  const directory = tempDirectory();
  const spec = { ...(await fakeServer(directory, { name: "fake", ...fake })), ...change };
  const server = new ManagedServer(spec);
  onTestFinished(async () => {
    const { process: running } = server.state();
    if (running) process.kill(running.pid, "SIGKILL");
    await until("its end", () => server.state().process === undefined);
  });
  let skipped = 0;
  return {
    server,
    directory,
    skip: (millis) => {
      skipped += millis;
    },
    tickUntil: async (status) => {
      await until(status, async () => {
        if (server.status === status) return true;
        await server.tick(nobody, Date.now() + skipped);
        return false;
      });
    },
  };
}

describe("one server under watch", () => {
  it("is starting until it answers its health check", async () => {
    const gate = join(tempDirectory(), "open");
    const { server, tickUntil, directory } = await manage({ gate });
    await tickUntil("starting");
    await until("it to listen", () =>
      readFileSync(server.spec.logFile, "utf8").includes("listens"),
    );
    await server.tick(nobody, Date.now());
    expect(server.status).toBe("starting");
    writeFileSync(gate, "");
    await tickUntil("healthy");
    expect(readFileSync(journalOf(directory), "utf8")).toBe("fake started\n");
  });

  it("waits for those it needs", async () => {
    const { server } = await manage({ after: ["store", "other"] });
    await server.tick(new Set(["store"]), Date.now());
    expect(server.status).toBe("waiting");
    await server.tick(new Set(["store", "other"]), Date.now());
    expect(server.status).toBe("starting");
  });

  it("has failed, with its last words, when it dies before it was ever well; it is not tried again", async () => {
    const { server, tickUntil } = await manage({ mode: "dies" });
    await tickUntil("failed");
    await server.tick(nobody, Date.now() + 600_000);
    expect(server.state()).toMatchObject({
      status: "failed",
      restarts: 0,
      lastExit: {
        code: 3,
        signal: null,
        logTail: ["reading the configuration", 'unknown setting "colour"'],
      },
    });
    expect(server.state().process).toBeUndefined();
  });

  it.each<{ what: string; change: Partial<ServerSpec>; says: string }>([
    {
      what: "a program that is not there",
      change: { command: "/nowhere/loki" },
      says: "cannot start: spawn /nowhere/loki ENOENT",
    },
    {
      what: "a log that cannot be made",
      change: { logFile: "/proc/version/a.log" },
      says: "cannot start: E",
    },
  ])("has failed, and ends nobody else, with $what", async ({ change, says }) => {
    const { server, tickUntil } = await manage({}, change);
    await tickUntil("failed");
    expect(server.state().lastExit?.logTail[0]).toContain(says);
  });

  it("is started again after it died, each time later", async () => {
    const { server, tickUntil, skip } = await manage();
    const waits: number[] = [];
    for (let death = 1; death <= 3; death++) {
      await tickUntil("healthy");
      process.kill(server.state().process?.pid as number, "SIGKILL");
      await tickUntil("restarting");
      expect(server.state()).toMatchObject({ restarts: death, lastExit: { signal: "SIGKILL" } });
      // It is not due one millisecond before its time, whatever that is; the time doubles.
      let wait = 0;
      const diedAt = server.state().lastExit?.atUnixMillis as number;
      while (server.status === "restarting") {
        wait += 500;
        await server.tick(nobody, diedAt + wait);
      }
      waits.push(wait);
      skip(wait);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000]);
  });

  it("is unhealthy after three checks without answer, and replaced when it stays so", async () => {
    const gate = join(tempDirectory(), "open");
    writeFileSync(gate, "");
    const { server, tickUntil, skip } = await manage({ gate });
    await tickUntil("healthy");
    const first = server.state().process?.pid;
    rmSync(gate);
    skip(6_000);
    await tickUntil("unhealthy");
    expect(server.state().process?.pid).toBe(first);
    skip(46_000);
    await tickUntil("restarting");
    expect(server.state()).toMatchObject({ restarts: 1, lastExit: { code: 0, signal: null } });
    writeFileSync(gate, "");
    skip(60_000);
    await tickUntil("healthy");
    expect(server.state().process?.pid).not.toBe(first);
  });

  it("is well again when it answers in time, as the same process", async () => {
    const gate = join(tempDirectory(), "open");
    writeFileSync(gate, "");
    const { server, tickUntil, skip } = await manage({ gate });
    await tickUntil("healthy");
    const first = server.state().process?.pid;
    rmSync(gate);
    skip(6_000);
    await tickUntil("unhealthy");
    writeFileSync(gate, "");
    await tickUntil("healthy");
    expect(server.state()).toMatchObject({ restarts: 0, process: { pid: first } });
  });

  it("is taken over by another watcher, who starts it again though it never saw it well", async () => {
    const { server, tickUntil } = await manage();
    await tickUntil("healthy");
    const heir = new ManagedServer(server.spec);
    heir.adopt(server.state());
    const { pid } = server.state().process as { pid: number };
    expect(heir.state().process?.pid).toBe(pid);
    process.kill(pid, "SIGKILL");
    await until("its death to be seen", async () => {
      await heir.tick(nobody, Date.now());
      return heir.status === "restarting";
    });
    expect(heir.state()).toMatchObject({ restarts: 1, lastExit: { code: null, signal: null } });
  });

  it("is not taken over with another configuration", async () => {
    const { server, tickUntil } = await manage();
    await tickUntil("healthy");
    const heir = new ManagedServer({ ...server.spec, configDigest: "new" });
    heir.adopt(server.state());
    expect(heir.state()).toMatchObject({ status: "waiting" });
    expect(heir.state().process).toBeUndefined();
  });
});

describe("the digest of a server", () => {
  it("changes with what changes the server, and not with the shell that starts it", async () => {
    const spec = await fakeServer("/nowhere", { name: "fake" });
    const withEnv = (env: Record<string, string>): ServerSpec => ({
      ...spec,
      env: { ...spec.env, ...env },
    });
    expect(digestOf(withEnv({ PATH: "/a", LANG: "C" }))).toBe(digestOf(withEnv({ PATH: "/b" })));
    expect(digestOf({ ...spec, title: "other", after: ["x"] })).toBe(digestOf(spec));
    for (const other of [
      withEnv({ SIGHTLINE_LOG_RETENTION: "7d" }),
      { ...spec, args: [] },
      { ...spec, command: "x" },
      { ...spec, configDigest: "x" },
    ]) {
      expect(digestOf(other)).not.toBe(digestOf(spec));
    }
  });
});
