import { spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readLines, sendLines } from "../harness/otlp.ts";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { isRunning, until } from "../harness/until.ts";

const up = ["up", "--only", "stack", "--mode", "embedded"];

describe("what stands in the way is said before anything starts", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await createTestStack();
  });
  afterAll(() => stack.dispose());

  it("names the holder of a port that is taken", async () => {
    const holder = await listenOn(Number(stack.env["SIGHTLINE_PORT_LOKI"]));
    const result = await stack.run(...up);
    holder.close();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("nothing was started");
    expect(result.stderr).toContain(`is in use by process ${process.pid}`);
    expect(result.stderr).toContain("SIGHTLINE_PORT_LOKI");
  });

  it("names every wrong port variable at once", async () => {
    const result = await stack.start(up, {
      SIGHTLINE_PORT_LOKI: "99999",
      SIGHTLINE_PORT_TEMPO: "many",
      SIGHTLINE_PORT_LOKKI: "3100",
    }).done;
    expect(result.code).toBe(64);
    expect(result.stderr).toContain(
      'SIGHTLINE_PORT_LOKI: expected a port from 1 to 65535, got "99999"',
    );
    expect(result.stderr).toContain(
      'SIGHTLINE_PORT_TEMPO: expected a port from 1 to 65535, got "many"',
    );
    expect(result.stderr).toContain("SIGHTLINE_PORT_LOKKI: no such port");
  });

  it("refuses options that it does not know, with the nearest one", async () => {
    const result = await stack.run("up", "--mod", "embedded");
    expect(result.code).toBe(64);
    expect(result.stderr).toContain("unknown option '--mod'");
    expect(result.stderr).toContain("--mode");
  });

  it("says that Go is missing where the servers are not built", async () => {
    const home = mkdtempSync(join(tmpdir(), "sightline-home-"));
    const result = await stack.start(up, { XDG_CACHE_HOME: home, PATH: "/nowhere" }).done;
    rmSync(home, { recursive: true });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("Go is not installed");
    expect(result.stderr).toContain("https://go.dev/dl");
  });

  it("says that the Go module proxy cannot be reached", async () => {
    const home = mkdtempSync(join(tmpdir(), "sightline-home-"));
    const result = await stack.start(up, {
      XDG_CACHE_HOME: home,
      GOPROXY: "http://127.0.0.1:1",
      GOMODCACHE: join(home, "modules"),
    }).done;
    rmSync(home, { recursive: true });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("the Go module proxy could not be reached");
    expect(result.stderr).toContain("then run the same command again");
  });

  it("says that the data directory cannot be written", async () => {
    const result = await stack.start(up, { SIGHTLINE_DATA: "/proc/sightline" }).done;
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('cannot write to "/proc/sightline"');
    expect(result.stderr).toContain("set SIGHTLINE_DATA");
  });

  it("says that the configuration cannot be read", async () => {
    const result = await stack.start(up, { SIGHTLINE_PROVISIONING: "/nowhere" }).done;
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('cannot read the configuration folder "/nowhere/loki"');
  });
});

describe("a server whose configuration is wrong", () => {
  it("is named with its last words, and what was started is stopped again", async () => {
    const provisioning = mkdtempSync(join(tmpdir(), "sightline-provisioning-"));
    cpSync(join(repositoryRoot, "provisioning"), provisioning, { recursive: true });
    appendFileSync(join(provisioning, "prometheus/prometheus.yml"), "\nno_such_setting: true\n");
    const stack = await createTestStack({ SIGHTLINE_PROVISIONING: provisioning });
    try {
      const result = await stack.run(...up);
      expect(result.code).toBe(1);
      expect(result.stderr).toContain("prometheus ended with code");
      expect(result.stderr).toContain("no_such_setting");
      expect(result.stderr).toContain("everything that this command started was stopped again");
      expect(
        stack
          .state()
          .servers.map((server) => server.process)
          .filter(Boolean),
      ).toEqual([]);
      expect((await stack.run("status")).code).toBe(8);
    } finally {
      await stack.dispose();
      rmSync(provisioning, { recursive: true });
    }
  });
});

describe("a hop that does not pass on what it got", () => {
  it("is named with the next command, and up exits 1", async () => {
    const provisioning = mkdtempSync(join(tmpdir(), "sightline-provisioning-"));
    cpSync(join(repositoryRoot, "provisioning"), provisioning, { recursive: true });
    const path = join(provisioning, "collector/config.yaml");
    const nowhere = readFileSync(path, "utf8").replace(
      /\$\{env:SIGHTLINE_LOKI_URL:[^}]*\}/,
      "http://127.0.0.1:9",
    );
    writeFileSync(path, nowhere);
    const stack = await createTestStack({ SIGHTLINE_PROVISIONING: provisioning });
    try {
      const result = await stack.run(...up);
      expect(result.code).toBe(1);
      expect(result.stdout).toContain("but not every signal was read back");
      expect(result.stdout).toMatch(
        /✗ logs +Loki does not take the logs of the collector: .* wait in its queue\n +next: read .*collector\.log/,
      );
      expect(result.stdout).toMatch(/✓ metrics/);
      expect((await stack.run("status")).stdout).toContain(
        "Loki gave back no heartbeat of the last hour",
      );
    } finally {
      await stack.dispose();
      rmSync(provisioning, { recursive: true });
    }
  }, 180_000);
});

describe("bad days of a running stack", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await createTestStack();
    expect((await stack.run(...up)).code).toBe(0);
  });
  afterAll(() => stack.dispose());
  afterEach(() => allHealthy(stack), 120_000);

  it("starts a server again that was killed, and says how it ended", async () => {
    const before = stack.pidOf("loki");
    process.kill(before, "SIGKILL");
    await until("the death to be seen", () =>
      stack.state().servers.some((s) => s.name === "loki" && s.restarts === 1),
    );
    await allHealthy(stack);
    expect(stack.pidOf("loki")).not.toBe(before);
    const status = JSON.parse((await stack.run("status", "--json")).stdout);
    const loki = status.servers.find((server: { name: string }) => server.name === "loki");
    expect(loki).toMatchObject({ restarts: 1, lastExit: { signal: "SIGKILL" } });
  });

  it("says that a server which hangs is not healthy, and starts it again", async () => {
    const pid = stack.pidOf("prometheus");
    process.kill(pid, "SIGSTOP");
    const result = await until("the hang to be seen", async () => {
      const status = await stack.run("status");
      return status.stdout.includes("prometheus is unhealthy") && status;
    });
    expect(result.code).toBe(1);
    await until(
      "another process",
      () => {
        const server = stack.state().servers.find(({ name }) => name === "prometheus");
        return server?.status === "healthy" && server.process?.pid !== pid;
      },
      110_000,
    );
  }, 180_000);

  it("lets one of two `up` at once work, and tells the other who is at it", async () => {
    expect((await stack.run("down")).code).toBe(0);
    const first = stack.start(up);
    // From here on the first has the lock, and it needs seconds to start five servers.
    await until("the first server to start", () =>
      stack.state().servers.some((server) => server.process),
    );
    const second = await stack.run(...up);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(
      new RegExp(
        `\`sightline up\` \\(process ${first.child.pid}, for \\d+ s\\) is changing this stack right now`,
      ),
    );
    expect((await first.done).code).toBe(0);
  });

  it("survives kill -9 of the supervisor: the servers go on, and the next up adopts them", async () => {
    const before = stack.state();
    process.kill(before.supervisor.pid, "SIGKILL");
    await until("the supervisor to be gone", () => !isRunning(before.supervisor.pid));
    expect(before.servers.every((server) => isRunning(server.process?.pid as number))).toBe(true);
    const status = await stack.run("status");
    expect(status.code).toBe(1);
    expect(status.stdout).toContain("the supervisor is gone");
    expect((await stack.run(...up)).code).toBe(0);
    const after = stack.state();
    expect(after.supervisor.pid).not.toBe(before.supervisor.pid);
    expect(after.servers.map((s) => s.process?.pid)).toEqual(
      before.servers.map((s) => s.process?.pid),
    );
    // An adopted server is watched like any other.
    process.kill(stack.pidOf("blackbox"), "SIGKILL");
    await until("the restart", () =>
      stack.state().servers.some((s) => s.name === "blackbox" && s.restarts === 1),
    );
  });

  it("ends the servers of a killed supervisor with down", async () => {
    const before = stack.state();
    process.kill(before.supervisor.pid, "SIGKILL");
    expect((await stack.run("down")).code).toBe(0);
    expect(before.servers.map((server) => server.process?.pid as number).filter(isRunning)).toEqual(
      [],
    );
    expect((await stack.run(...up)).code).toBe(0);
  });

  it("survives kill -9 of up in the middle", async () => {
    expect((await stack.run("down")).code).toBe(0);
    const killed = stack.start(up);
    await until("the first server to start", () =>
      stack.state().servers.some((server) => server.process),
    );
    killed.child.kill("SIGKILL");
    await killed.done;
    expect((await stack.run(...up)).code).toBe(0);
    // Five servers, the agent and the gateway.
    expect(new Set(stack.state().servers.map((server) => server.process?.pid)).size).toBe(7);
  });

  it("loses no numbered line while the collector and Loki are killed and come back", async () => {
    const total = 300;
    const sent = sendNumbered(stack.url("otlp"), "numbered", total, async (n) => {
      if (n === 60) process.kill(stack.pidOf("collector"), "SIGKILL");
      if (n === 120) process.kill(stack.pidOf("loki"), "SIGKILL");
      if (n === 200) process.kill(stack.pidOf("collector"), "SIGTERM");
      if (n === 240) process.kill(stack.pidOf("loki"), "SIGTERM");
    });
    await sent;
    const numbers = await until(
      "every line to be readable",
      async () => {
        const lines = await readLines(stack.url("loki"), "numbered");
        const found = new Set(lines.map(({ line }) => line));
        return found.size >= total && found;
      },
      120_000,
    );
    expect(numbers.size).toBe(total);
  }, 240_000);
});

describe("a disk that is full", () => {
  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)(
    "is said before anything starts (needs root, to mount a small disk)",
    async () => {
      const mount = mkdtempSync(join(tmpdir(), "sightline-disk-"));
      await runTool("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", mount]);
      const stack = await createTestStack();
      try {
        const result = await stack.start(up, { SIGHTLINE_DATA: mount }).done;
        expect(result.code).toBe(1);
        expect(result.stderr).toMatch(/only [\d.]+ .?B free where ".*" is; expected at least/);
        expect(result.stderr).toContain("set SIGHTLINE_DATA to a larger disk");
      } finally {
        await stack.dispose();
        await runTool("umount", [mount]);
        rmSync(mount, { recursive: true });
      }
    },
  );
});

describe("the way in by npm", () => {
  it("says that the npm registry cannot be reached", async () => {
    const clone = mkdtempSync(join(tmpdir(), "sightline-clone-"));
    cpSync(repositoryRoot, clone, {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|dist|\.git)$/.test(path),
    });
    const result = await runTool(process.execPath, [join(clone, "scripts/sightline.mjs"), "up"], {
      npm_config_registry: "http://127.0.0.1:1",
      npm_config_cache: join(clone, "cache"),
      npm_config_fetch_retries: "0",
    });
    rmSync(clone, { recursive: true });
    expect(result.code).toBe(1);
    expect(result.output).toContain("npm could not install the packages");
    expect(result.output).toContain("the npm registry could not be reached");
  });
});

/** Sends one numbered line after the other, each until it is acknowledged, as every sender of ours does. */
async function sendNumbered(
  otlpUrl: string,
  service: string,
  total: number,
  disturb: (n: number) => Promise<void>,
): Promise<void> {
  for (let n = 0; n < total; n++) {
    await disturb(n);
    await until(`line ${n} to be acknowledged`, async () => {
      await sendLines(otlpUrl, service, [{ text: `line ${n}` }]);
      return true;
    });
  }
}

async function allHealthy(stack: TestStack): Promise<void> {
  await until(
    "all servers to be healthy",
    () => stack.state().servers.every((server) => server.status === "healthy"),
    110_000,
  );
}

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen({ port, host: "127.0.0.1" }, () => resolve(server));
  });
}

function runTool(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}
