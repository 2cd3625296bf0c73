import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Paths, readPaths } from "../../src/stack/paths.ts";
import { isAlive } from "../../src/stack/process.ts";
import type { ServerSpec } from "../../src/stack/spec.ts";
import { stopStack } from "../../src/stack/start.ts";
import { readState, type ServerState, writeJson } from "../../src/stack/state.ts";
import { findSupervisor } from "../../src/stack/supervisor.ts";
import { fakeServer, freePort, journalOf } from "../support/fake-server.ts";
import { tempDirectory } from "../support/temp.ts";
import { until } from "../support/until.ts";

const main = join(import.meta.dirname, "../../src/main.ts");

interface Stack {
  readonly directory: string;
  readonly paths: Paths;
  writeSpec: (...servers: ServerSpec[]) => Promise<void>;
  supervise: () => ChildProcess;
  server: (name: string) => ServerState | undefined;
  healthy: (...names: string[]) => Promise<void>;
  journal: () => string[];
}

/** Hands specifications to a real supervisor process; ends everything with the test. */
function createStack(): Stack {
  const directory = tempDirectory();
  const env = { HOME: directory, SIGHTLINE_DATA: directory };
  const paths = readPaths(env);
  const supervisors: ChildProcess[] = [];
  const server: Stack["server"] = (name) =>
    readState(paths.state)?.servers.find((entry) => entry.name === name);
  onTestFinished(async () => {
    await stopStack(paths);
    for (const child of supervisors) child.kill("SIGKILL");
  });
  return {
    directory,
    paths,
    server,
    writeSpec: async (...servers) => {
      const otlpUrl = `http://127.0.0.1:${await freePort()}`;
      writeJson(paths.spec, {
        generation: randomUUID(),
        mode: "embedded",
        servers,
        otlpUrl,
        host: "vm",
      });
    },
    supervise: () => {
      const child = spawn(process.execPath, [main, "supervise"], {
        env,
        stdio: ["ignore", "ignore", "pipe"],
      });
      supervisors.push(child);
      return child;
    },
    healthy: (...names) =>
      until(`${names} to be healthy`, () =>
        names.every((name) => server(name)?.status === "healthy"),
      ).then(() => {}),
    journal: () => readFileSync(journalOf(directory), "utf8").trim().split("\n"),
  };
}

describe("the supervisor", () => {
  it("starts in order on health, and stops in the other order", async () => {
    const stack = createStack();
    const { directory } = stack;
    const gate = join(directory, "open");
    await stack.writeSpec(
      await fakeServer(directory, { name: "app", after: ["way"] }),
      await fakeServer(directory, { name: "way", after: ["store"] }),
      await fakeServer(directory, { name: "store", gate }),
    );
    const supervisor = stack.supervise();
    await until("the store to start", () => stack.server("store")?.status === "starting");
    expect(stack.server("way")?.status).toBe("waiting");
    writeFileSync(gate, "");
    await stack.healthy("store", "way", "app");
    expect(stack.journal()).toEqual(["store started", "way started", "app started"]);

    supervisor.kill("SIGTERM");
    expect((await once(supervisor, "exit"))[0]).toBe(0);
    expect(stack.journal().slice(3)).toEqual([
      "app was asked to end",
      "way was asked to end",
      "store was asked to end",
    ]);
    expect(readState(stack.paths.state)?.servers.map(({ status }) => status)).toEqual([
      "stopped",
      "stopped",
      "stopped",
    ]);
  });

  it("reports one that dies at once with its last words, and keeps the others", async () => {
    const stack = createStack();
    await stack.writeSpec(
      await fakeServer(stack.directory, { name: "bad", mode: "dies" }),
      await fakeServer(stack.directory, { name: "good" }),
      await fakeServer(stack.directory, { name: "needs-bad", after: ["bad"] }),
    );
    stack.supervise();
    await stack.healthy("good");
    await until("the failure", () => stack.server("bad")?.status === "failed");
    expect(stack.server("bad")?.lastExit).toMatchObject({
      code: 3,
      logTail: ["reading the configuration", 'unknown setting "colour"'],
    });
    expect(stack.server("needs-bad")?.status).toBe("waiting");
  });

  it("starts again what dies later", async () => {
    const stack = createStack();
    await stack.writeSpec(await fakeServer(stack.directory, { name: "a" }));
    stack.supervise();
    await stack.healthy("a");
    process.kill(stack.server("a")?.process?.pid as number, "SIGKILL");
    await until("the restart", () => stack.server("a")?.restarts === 1);
    await stack.healthy("a");
    expect(stack.server("a")?.lastExit).toMatchObject({ signal: "SIGKILL" });
  });

  it("restarts at a new specification only what changed, and stops what is gone", async () => {
    const stack = createStack();
    const same = await fakeServer(stack.directory, { name: "same" });
    const changed = await fakeServer(stack.directory, { name: "changed" });
    const gone = await fakeServer(stack.directory, { name: "gone" });
    await stack.writeSpec(same, changed, gone);
    const supervisor = stack.supervise();
    await stack.healthy("same", "changed", "gone");
    const before = readState(stack.paths.state);

    await stack.writeSpec(same, { ...changed, configDigest: "new" });
    supervisor.kill("SIGHUP");
    await until(
      "the new one",
      () => readState(stack.paths.state)?.generation !== before?.generation,
    );
    await stack.healthy("same", "changed");
    const pid = (name: string): number | undefined => stack.server(name)?.process?.pid;
    expect(pid("same")).toBe(before?.servers[0]?.process?.pid);
    expect(pid("changed")).not.toBe(before?.servers[1]?.process?.pid);
    expect(stack.server("gone")).toBeUndefined();
    expect(isAlive(before?.servers[1]?.process)).toBe(false);
    expect(isAlive(before?.servers[2]?.process)).toBe(false);
    expect(supervisor.exitCode).toBeNull();
  });

  it("keeps the old specification where the new one is damaged", async () => {
    const stack = createStack();
    await stack.writeSpec(await fakeServer(stack.directory, { name: "a" }));
    const supervisor = stack.supervise();
    await stack.healthy("a");
    const pid = stack.server("a")?.process?.pid as number;
    writeFileSync(stack.paths.spec, '{"servers": [');
    supervisor.kill("SIGHUP");
    // Its reaction to the second signal shows that it lived through the first.
    process.kill(pid, "SIGKILL");
    await until("the restart", () => stack.server("a")?.restarts === 1);
    await stack.healthy("a");
  });

  it("leaves its servers running when it is killed; the next one adopts them and ends what is not wanted", async () => {
    const stack = createStack();
    const a = await fakeServer(stack.directory, { name: "a" });
    const b = await fakeServer(stack.directory, { name: "b" });
    await stack.writeSpec(a, b);
    const first = stack.supervise();
    await stack.healthy("a", "b");
    const before = readState(stack.paths.state);
    first.kill("SIGKILL");
    await once(first, "exit");
    expect(before?.servers.map(({ process }) => isAlive(process))).toEqual([true, true]);

    await stack.writeSpec(a);
    stack.supervise();
    await until("the heir", () => readState(stack.paths.state)?.supervisor.pid !== first.pid);
    await stack.healthy("a");
    expect(stack.server("a")?.process).toEqual(before?.servers[0]?.process);
    expect(isAlive(before?.servers[1]?.process)).toBe(false);
    // Watched like a child of its own.
    process.kill(stack.server("a")?.process?.pid as number, "SIGKILL");
    await until("the restart", () => stack.server("a")?.restarts === 1);
  });

  it("is the only one of its data directory", async () => {
    const stack = createStack();
    await stack.writeSpec(await fakeServer(stack.directory, { name: "a" }));
    const first = stack.supervise();
    await stack.healthy("a");
    const second = stack.supervise();
    const [text] = await once(second.stderr as NodeJS.ReadableStream, "data");
    expect(String(text)).toBe("another supervisor owns this data directory\n");
    expect((await once(second, "exit"))[0]).toBe(1);
    expect(first.exitCode).toBeNull();
  });

  it("says what is missing where there is no specification", async () => {
    const stack = createStack();
    const child = stack.supervise();
    const [text] = await once(child.stderr as NodeJS.ReadableStream, "data");
    expect(String(text)).toContain(`there is no specification in "${stack.paths.spec}"`);
    expect((await once(child, "exit"))[0]).toBe(1);
  });

  it("is found, and stopped with its servers, though its state file is gone or damaged", async () => {
    const stack = createStack();
    await stack.writeSpec(await fakeServer(stack.directory, { name: "a" }));
    const supervisor = stack.supervise();
    await stack.healthy("a");
    const { process: server } = stack.server("a") as ServerState;
    rmSync(stack.paths.state);
    expect((await findSupervisor(stack.paths))?.pid).toBe(supervisor.pid);
    await until("the file to be back", () => stack.server("a")?.status === "healthy");
    writeFileSync(stack.paths.state, "{");
    expect((await findSupervisor(stack.paths))?.pid).toBe(supervisor.pid);
    await until("the file to be mended", () => stack.server("a")?.status === "healthy");
    // Held still, so that the file is damaged for certain when `stopStack` reads it.
    supervisor.kill("SIGSTOP");
    writeFileSync(stack.paths.state, "{");
    const stopping = stopStack(stack.paths);
    supervisor.kill("SIGCONT");
    expect(await stopping).toEqual({ stopped: ["the supervisor"], left: [] });
    expect(isAlive(server)).toBe(false);
    expect(await findSupervisor(stack.paths)).toBeUndefined();
  });
});
