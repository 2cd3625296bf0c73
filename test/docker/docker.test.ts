import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePortEnvironment } from "../harness/free-ports.ts";
import { readLines, sendLines } from "../harness/otlp.ts";
import { createTestStack, repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { type Compose, createCompose, findCompose } from "./compose.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { makeImage, missingBinaries } from "./images.ts";
import { readCounter, readGauge, sendGauge, sendSpans } from "./signals.ts";

const SERVERS = ["alertmanager", "blackbox", "collector", "loki", "prometheus"];
const SERVICE = "docker-test";

interface Inspected {
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[];
    readonly Privileged: boolean;
    readonly Memory: number;
    readonly PidsLimit: number;
    readonly Binds: readonly string[];
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>;
    readonly NetworkMode: string;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Source: string;
    readonly RW: boolean;
  }[];
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
}

const ALERTS = `
contacts: [{name: hook, webhook: "\${env:HOOK_URL}"}]
alerts:
  - name: Of prometheus in a container
    metric: {service: nobody, signal: p95}
    when: above 1s for 5m
    tell: hook
  - name: Of loki in a container
    log: {service: nobody, contains: nothing}
    when: any in 5m
    tell: hook
`;

/** A template that does not end: Loki reads none of its rules then. */
const BROKEN = `  - name: Broken
    logql: 'sum(count_over_time({service_name="nobody"}[5m])) > 1'
    annotations: {broken: "{{ $labels.a "}
`;

const reason = whyNoEngine();

// One test after the other on one stack: each builds on what the one before has proved.
describe.skipIf(reason !== undefined)(`docker-compose.yml${reason ? ` (${reason})` : ""}`, () => {
  let engine: Engine;
  let compose: Compose;
  let ports: Record<string, string>;
  const url = (port: string): string => `http://127.0.0.1:${ports[`SIGHTLINE_PORT_${port}`]}`;

  beforeAll(async () => {
    const found = findCompose();
    if ("reason" in found) throw new Error(found.reason);
    ports = await freePortEnvironment();
    engine = await startEngine();
    compose = createCompose(found.path, engine, "sightline-test", {
      ...ports,
      SIGHTLINE_HOST: "vm-1",
    });
    const images = compose.images();
    const missing = missingBinaries(images);
    if (missing.length > 0) {
      throw new Error(
        `these servers are not built: ${missing.join(", ")}; run npm run up -- --only stack once`,
      );
    }
    for (const image of images) makeImage(engine, image);
  }, 300_000);

  afterAll(async () => {
    try {
      compose?.run("down", "--volumes", "--timeout", "20");
    } finally {
      await engine?.dispose();
    }
  }, 180_000);

  const inspect = (): Map<string, Inspected> => {
    const all = JSON.parse(
      engine.run("docker", ["inspect", ...compose.containers()]),
    ) as Inspected[];
    return new Map(all.map((one) => [one.Config.Labels["com.docker.compose.service"] ?? "?", one]));
  };

  const untilReady = async (): Promise<void> => {
    const health = {
      loki: `${url("LOKI")}/ready`,
      prometheus: `${url("PROMETHEUS")}/-/ready`,
      alertmanager: `${url("ALERTMANAGER")}/-/ready`,
      blackbox: `${url("BLACKBOX")}/-/healthy`,
      collector: `${url("COLLECTOR_HEALTH")}/`,
    };
    for (const [server, address] of Object.entries(health)) {
      await until(`${server} to be ready at ${address}`, async () => {
        const response = await fetch(address, { signal: AbortSignal.timeout(2_000) });
        await response.arrayBuffer();
        return response.ok;
      });
    }
  };

  it("starts every server from images that hold nothing but the server", async () => {
    // Waits for the health checks of those images that have something to ask with.
    compose.run("up", "--detach", "--wait", "--wait-timeout", "150");
    await untilReady();
    const containers = inspect();
    expect([...containers.keys()].sort()).toEqual([...SERVERS, "volume-owner"].sort());
    expect(containers.get("volume-owner")?.State).toMatchObject({ Status: "exited", ExitCode: 0 });
    for (const server of SERVERS) expect(containers.get(server)?.State.Status).toBe("running");
    for (const server of ["alertmanager", "loki", "prometheus"]) {
      expect(containers.get(server)?.State.Health?.Status).toBe("healthy");
    }
  });

  it("publishes ports on 127.0.0.1 alone", () => {
    const bindings = [...inspect().values()].flatMap(({ HostConfig }) =>
      Object.values(HostConfig.PortBindings ?? {}).flat(),
    );
    expect(bindings).toHaveLength(8);
    expect(new Set(bindings.map(({ HostIp }) => HostIp))).toEqual(new Set(["127.0.0.1"]));
  });

  it.each([...SERVERS, "volume-owner"])(
    "runs %s without root, capabilities or a writable image",
    (name) => {
      const one = inspect().get(name);
      expect(one?.Config.User).toMatch(/^(10001:10001|65534:65534)$/);
      expect(one?.HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        CapAdd: null,
        Privileged: false,
        SecurityOpt: ["no-new-privileges:true"],
      });
      expect(one?.HostConfig.Memory).toBeGreaterThan(0);
      expect(one?.HostConfig.PidsLimit).toBeGreaterThan(0);
      const mounts = one?.Mounts ?? [];
      expect(mounts.filter(({ Source }) => Source.endsWith("docker.sock"))).toEqual([]);
      expect(mounts.filter(({ Type, RW }) => Type === "bind" && RW)).toEqual([]);
    },
  );

  it("gives back a line, a metric and a count of spans", async () => {
    await sendLines(url("OTLP"), SERVICE, [
      { text: "a line before the restart", severityNumber: 17 },
    ]);
    await sendGauge(url("OTLP"), SERVICE, "sightline.test.value", 42);
    await sendSpans(url("OTLP"), SERVICE, 7);

    const [first] = await until("the line in Loki", async () => {
      const lines = await readLines(url("LOKI"), SERVICE);
      return lines.length > 0 && lines;
    });
    expect(first?.line).toBe("a line before the restart");
    expect(first?.fields).toMatchObject({ host_name: "vm-1", kind: "log", severity_text: "ERROR" });
    const labels = { service_name: SERVICE, host_name: "vm-1" };
    const value = await until("the metric in Prometheus", () =>
      readGauge(url("PROMETHEUS"), "sightline_test_value", labels),
    );
    expect(value).toBe(42);
    await until("7 spans to be counted", async () => {
      return (await readCounter(url("PROMETHEUS"), "sightline_spans_accepted_total", labels)) === 7;
    });
  });

  it("sees the disk of the host, not of a container", async () => {
    const disk = { service_name: "host", mountpoint: "/" };
    const total = await until("host metrics in Prometheus", () =>
      readCounter(url("PROMETHEUS"), "system_filesystem_usage_bytes", disk),
    );
    const { blocks, bsize } = statfsSync("/");
    expect(total).toBe(blocks * bsize);
  });

  it("scrapes every server of the stack", async () => {
    for (const job of SERVERS) {
      await until(`up{job="${job}"} to be 1`, async () => {
        return (await readGauge(url("PROMETHEUS"), "up", { job })) === 1;
      });
    }
  });

  it("keeps the data when all containers are killed and made anew", async () => {
    for (const id of compose.containers()) {
      // One has ended already, which is no failure here.
      if (
        engine.run("docker", ["inspect", "--format", "{{.State.Running}}", id]).trim() === "true"
      ) {
        engine.run("docker", ["kill", id]);
      }
    }
    compose.run("down", "--timeout", "20");
    compose.run("up", "--detach");
    await untilReady();
    await sendLines(url("OTLP"), SERVICE, [{ text: "a line after the restart" }]);
    const texts = await until("both lines in Loki", async () => {
      const lines = (await readLines(url("LOKI"), SERVICE)).map(({ line }) => line);
      return lines.length >= 2 && lines;
    });
    expect(texts).toEqual(["a line before the restart", "a line after the restart"]);
    const value = await until("the metric from before", () =>
      readGauge(url("PROMETHEUS"), "sightline_test_value", { service_name: SERVICE }),
    );
    expect(value).toBe(42);
  });

  it("is started, read back and ended by sightline up, status and down", async () => {
    compose.run("down", "--volumes", "--timeout", "20");
    const found = findCompose();
    if ("reason" in found) throw new Error(found.reason);
    const dockerEnvironment = {
      DOCKER_HOST: engine.host,
      PATH: `${dirname(found.path)}:${process.env["PATH"]}`,
      SIGHTLINE_COMPOSE_OVERRIDE: join(repositoryRoot, "test/docker/without-missing-images.yml"),
    };
    const stack = await createTestStack({
      ...dockerEnvironment,
      // Of another project, in the shell of somebody who works on that: none of our business.
      COMPOSE_FILE: "/nowhere/compose.yml",
      COMPOSE_PROJECT_NAME: "somebody-else",
    });
    const other = await createTestStack(dockerEnvironment);
    try {
      const built = await stack.run("up", "--only", "build", "--json");
      expect(built.code, built.stderr).toBe(0);
      expect(JSON.parse(built.stdout)).toEqual({ status: "pulled", mode: "docker" });
      expect(existsSync(join(stack.data, "secrets"))).toBe(false);

      // Without --mode: an engine runs and every image is there, so Docker it is.
      const up = await stack.run("up");
      expect(up.stderr).not.toContain("✗");
      expect(up.code).toBe(0);
      expect(up.stdout).toMatch(/Sightline is up \(docker, .*every signal was read back/);
      expect(up.stdout).toMatch(/✓ logs +\d+ lines of "board"/);
      expect(statSync(join(stack.data, "secrets/grafana-admin-password")).mode & 0o777).toBe(0o600);

      const status = await stack.run("status", "--json");
      const answer = JSON.parse(status.stdout) as {
        servers: { name: string; uptimeSeconds?: number; restarts: number }[];
      };
      expect(answer).toMatchObject({ mode: "docker", isHealthy: true });
      for (const name of SERVERS) {
        const row = answer.servers.find((server) => server.name === name);
        expect(row).toMatchObject({ restarts: 0, uptimeSeconds: expect.any(Number) });
      }
      // A process of this user also here, where its image could neither be pulled nor built.
      const agent = answer.servers.find(({ name }) => name === "agent");
      expect(agent).toMatchObject({ status: "healthy", pid: expect.any(Number) });
      const mixed = await stack.run("up", "--mode", "embedded");
      expect(mixed.code).toBe(64);
      expect(mixed.stderr).toContain('the stack runs in mode "docker"');

      // Rules, routes and their secret reach the servers in their containers, and none restarts.
      const started = (): string => {
        const ids = engine.run("docker", ["ps", "--quiet"]).trim().split("\n");
        return engine.run("docker", [
          "inspect",
          "--format",
          "{{.Id}} {{.State.StartedAt}}",
          ...ids,
        ]);
      };
      const startedBefore = started();
      const spec = join(stack.data, "sightline.yaml");
      writeFileSync(spec, ALERTS);
      const given = { HOOK_URL: "http://127.0.0.1:9/canary-docker" };
      const applied = await stack.start(["apply", "--yes", "--file", spec], given).done;
      expect(applied.stderr).not.toContain("✗");
      expect(applied.code, applied.stdout).toBe(0);
      expect(applied.stdout + applied.stderr).not.toContain("canary-docker");
      const again = await stack.start(["plan", "--json", "--file", spec], given).done;
      expect(JSON.parse(again.stdout)).toMatchObject({ changes: [], blocked: [] });
      for (const [server, path] of [
        ["prometheus", "/api/v1/rules"],
        ["loki", "/prometheus/api/v1/rules"],
      ] as const) {
        const rules = await (await fetch(`${stack.url(server)}${path}`)).text();
        expect(rules).toContain(`Of ${server} in a container`);
      }
      const refused = await stack.start(["apply", "--yes", "--file", spec], {
        ...given,
        HOOK_URL: "",
      }).done;
      expect(refused.code).toBe(0);
      writeFileSync(spec, ALERTS + BROKEN);
      const rolledBack = await stack.start(["apply", "--yes", "--file", spec], given).done;
      expect(rolledBack.code).toBe(1);
      expect(rolledBack.stderr).toMatch(/loki refused it: .*unclosed action.*as it was before/);
      writeFileSync(spec, ALERTS);
      expect((await stack.start(["drift", "--file", spec], given).done).code).toBe(0);
      expect(started()).toBe(startedBefore);
      const upAgain = await stack.run("up", "--only", "stack");
      expect(upAgain.code, upAgain.stderr).toBe(0);
      expect((await stack.start(["drift", "--file", spec], given).done).code).toBe(0);
      expect(started()).toBe(startedBefore);

      // A second data directory is a second stack: what it removes is not ours.
      const containers = (): string => engine.run("docker", ["ps", "--quiet", "--no-trunc"]);
      const before = containers();
      expect(before.trim().split("\n")).toHaveLength(SERVERS.length);
      expect((await other.run("down", "--delete-data", "--yes")).code).toBe(0);
      expect(containers()).toBe(before);

      const blind = { DOCKER_HOST: "unix:///nowhere/engine.sock" };
      for (const command of ["status", "down"]) {
        const failed = await stack.start([command], blind).done;
        expect(failed.code).toBe(1);
        expect(failed.stderr).toContain("Docker cannot be used: no engine answers");
      }

      rmSync(join(stack.data, "stack/spec.json"));
      expect((await stack.run("down", "--delete-data", "--yes")).code).toBe(0);
      expect((await stack.run("status")).code).toBe(8);
      const left = engine.run("docker", ["ps", "--all", "--quiet"]);
      expect(left.trim()).toBe("");
      expect(engine.run("docker", ["volume", "ls", "--quiet"]).trim()).toBe("");
    } finally {
      await stack.dispose();
      await other.dispose();
    }
  }, 240_000);

  it("starts nothing where a port is taken, and takes back a start that failed", async () => {
    const found = findCompose();
    if ("reason" in found) throw new Error(found.reason);
    const broken = mkdtempSync(join(tmpdir(), "sightline-override-"));
    const override = join(broken, "broken.yml");
    const without = readFileSync(
      join(repositoryRoot, "test/docker/without-missing-images.yml"),
      "utf8",
    );
    // Its process ends at once, and who depends on it is never started.
    writeFileSync(override, `${without}  volume-owner:\n    command: ["-no-such-flag"]\n`);
    const stack = await createTestStack({
      DOCKER_HOST: engine.host,
      PATH: `${dirname(found.path)}:${process.env["PATH"]}`,
      SIGHTLINE_COMPOSE_OVERRIDE: override,
    });
    const holder = createServer();
    try {
      const port = Number(stack.env["SIGHTLINE_PORT_LOKI"]);
      await new Promise<void>((done) => holder.listen(port, "127.0.0.1", done));
      const refused = await stack.run("up", "--mode", "docker", "--only", "stack");
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("nothing was started:");
      expect(refused.stderr).toContain(`port ${port} (loki) is in use by process ${process.pid}`);
      expect(engine.run("docker", ["ps", "--all", "--quiet"]).trim()).toBe("");
      await new Promise((done) => holder.close(done));

      const failed = await stack.run("up", "--mode", "docker", "--only", "stack");
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain("Docker did not start the containers");
      expect(failed.stderr).toContain("everything that this command started was stopped again");
      expect(engine.run("docker", ["ps", "--all", "--quiet"]).trim()).toBe("");
      expect((await stack.run("status")).code).toBe(8);
      expect((await stack.run("down", "--delete-data", "--yes")).code).toBe(0);
    } finally {
      holder.close();
      await stack.dispose();
      rmSync(broken, { recursive: true });
    }
  }, 240_000);
});
