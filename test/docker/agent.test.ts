import { statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePortEnvironment } from "../harness/free-ports.ts";
import { readLines } from "../harness/otlp.ts";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import {
  makeAgentImage,
  makeGatewayImage,
  makeProxyImage,
  makeShellImage,
} from "./agent-images.ts";
import { type Compose, createCompose, findCompose } from "./compose.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { makeImage, missingBinaries } from "./images.ts";
import { findProgram } from "./program-image.ts";

const SHELL = "sightline-test/shell:1";
const SERVICES = ["volume-owner", "loki", "collector", "docker-proxy", "agent"];
const reason =
  whyNoEngine() ??
  (findProgram("haproxy") === undefined
    ? "no haproxy here; on Debian: apt-get install --no-install-recommends haproxy"
    : undefined);

// One test after the other on one stack: each builds on what the one before has proved.
describe.skipIf(reason !== undefined)(
  `the agent in docker-compose.yml${reason ? ` (${reason})` : ""}`,
  () => {
    let engine: Engine;
    let compose: Compose;
    let ports: Record<string, string>;
    const url = (port: string): string => `http://127.0.0.1:${ports[`SIGHTLINE_PORT_${port}`]}`;

    beforeAll(async () => {
      const found = findCompose();
      if ("reason" in found) throw new Error(found.reason);
      ports = await freePortEnvironment();
      engine = await startEngine();
      compose = createCompose(found.path, engine, "sightline-agent-test", {
        ...ports,
        COMPOSE_PROFILES: "agent,gateway",
        SIGHTLINE_HOST: "vm-1",
        SIGHTLINE_HOSTS: "vm-.*",
        SIGHTLINE_DOCKER_SOCKET: engine.host.replace("unix://", ""),
      });
      for (const image of compose.images()) {
        if (image.startsWith("sightline/agent:")) makeAgentImage(engine, image);
        else if (image.startsWith("sightline/gateway:")) makeGatewayImage(engine, image);
        else if (image.startsWith("haproxy:")) makeProxyImage(engine, image);
        else if (!/grafana\/(?:grafana|tempo)|caddy/.test(image)) {
          const missing = missingBinaries([image]);
          if (missing.length > 0) throw new Error(`not built: ${missing.join(", ")}`);
          makeImage(engine, image);
        }
      }
      makeShellImage(engine, SHELL);
      compose.run("up", "--detach", "--no-build", ...SERVICES);
    }, 300_000);

    afterAll(async () => {
      try {
        compose?.run("down", "--volumes", "--timeout", "20");
      } finally {
        await engine?.dispose();
      }
    }, 180_000);

    const inspect = (service: string) => {
      const id = compose.run("ps", "--all", "--quiet", service).trim();
      const [found] = JSON.parse(engine.run("docker", ["inspect", id])) as {
        Config: { User: string };
        HostConfig: Record<string, unknown>;
        Mounts: { Source: string; RW: boolean; Type: string }[];
        NetworkSettings: { Networks: Record<string, unknown> };
        State: { Status: string; Health?: { Status: string } };
        RestartCount: number;
      }[];
      if (!found) throw new Error(`no container of ${service}`);
      return found;
    };

    const health = async () => {
      const answer = await fetch(`${url("AGENT")}/healthz`, { signal: AbortSignal.timeout(2_000) });
      return (await answer.json()) as { docker: string; containers: number; host: string };
    };

    it("reaches the engine through the proxy and is well, seen from the host", async () => {
      await until("the agent to be connected", async () => (await health()).docker === "connected");
      expect((await health()).host).toBe("vm-1");
      await until(
        "its own health check",
        () => inspect("agent").State.Health?.Status === "healthy",
      );
      expect(inspect("agent").RestartCount).toBe(0);
    });

    it("gives the socket to the proxy alone, and nobody a privilege", () => {
      const socket = engine.host.replace("unix://", "");
      const hasSocket = (service: string): boolean =>
        inspect(service).Mounts.some(({ Source }) => Source === socket);
      expect(SERVICES.filter(hasSocket)).toEqual(["docker-proxy"]);
      for (const service of ["agent", "docker-proxy"]) {
        const { HostConfig, Mounts } = inspect(service);
        expect(HostConfig).toMatchObject({
          ReadonlyRootfs: true,
          CapDrop: ["ALL"],
          CapAdd: null,
          Privileged: false,
          SecurityOpt: ["no-new-privileges:true"],
        });
        expect(HostConfig["Memory"]).toBeGreaterThan(0);
        expect(Mounts.filter(({ Type, RW }) => Type === "bind" && RW)).toEqual([]);
      }
      expect(inspect("agent").Config.User).toBe("10001:10001");
      const networks = (service: string): string[] =>
        Object.keys(inspect(service).NetworkSettings.Networks).sort();
      expect(networks("docker-proxy")).toEqual(["sightline-agent-test_docker-api"]);
      expect(networks("agent")).toContain("sightline-agent-test_docker-api");
      for (const service of ["loki", "collector"]) {
        expect(networks(service)).toEqual(["sightline-agent-test_default"]);
      }
      const [network] = JSON.parse(
        engine.run("docker", ["network", "inspect", "sightline-agent-test_docker-api"]),
      ) as { Internal: boolean }[];
      expect(network?.Internal).toBe(true);
    });

    it("ships the lines of a container, under the name of its container", async () => {
      engine.run("docker", [
        ...["run", "-d", "--name", "shop", "--network=none", SHELL],
        ...["/bin/sh", "-c", "echo order 1 paid; echo ERROR order 2 refused >&2"],
      ]);
      const lines = await until("both lines in Loki", async () => {
        const found = (await readLines(url("LOKI"), "shop")).filter(
          ({ fields }) => fields["kind"] === "log",
        );
        return found.length >= 2 && found;
      });
      expect(lines.map(({ line }) => line).sort()).toEqual([
        "ERROR order 2 refused",
        "order 1 paid",
      ]);
      expect(lines[0]?.fields).toMatchObject({ host_name: "vm-1", service_name: "shop" });
    });

    it("ends within its time, and has lost nothing when it is there again", async () => {
      const run = (name: string): string =>
        engine.run("docker", [
          ...["run", "-d", "--name", name, "--network=none", SHELL],
          ...["/bin/sh", "-c", `echo ${name} was here`],
        ]);
      compose.run("stop", "agent");
      expect(inspect("agent").State).toMatchObject({ Status: "exited", ExitCode: 0 });
      run("meanwhile");
      compose.run("up", "--detach", "--no-build", "agent");
      const found = await until("the line from meanwhile", async () => {
        const lines = await readLines(url("LOKI"), "meanwhile");
        return lines.length > 0 && lines.filter(({ fields }) => fields["kind"] === "log");
      });
      expect(found.map(({ line }) => line)).toEqual(["meanwhile was here"]);
      const shop = (await readLines(url("LOKI"), "shop")).filter(
        ({ fields }) => fields["kind"] === "log",
      );
      expect(shop).toHaveLength(2);
    });

    /** It takes what is applied while it runs, and reads maps that belong to its user alone. */
    const expectGateway = async (stack: TestStack): Promise<void> => {
      const file = join(stack.data, "sightline.yaml");
      const app = "{name: shop-web, key: shop-key-1, origins: [https://shop.example.org]}";
      writeFileSync(file, `project: shop\napps: [${app}]\n`);
      expect((await stack.run("apply", "--file", file, "--yes")).code).toBe(0);
      await until("a line of a page in Loki", async () => {
        const { code } = await stack.run("doctor", "--only", "pages");
        return code === 0;
      });
      const [id = ""] = engine
        .run("docker", ["ps", "--quiet", "--filter", "label=com.docker.compose.service=gateway"])
        .split("\n");
      const [found] = JSON.parse(engine.run("docker", ["inspect", id])) as ReturnType<
        typeof inspect
      >[];
      expect(found?.HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        Privileged: false,
        SecurityOpt: ["no-new-privileges:true"],
      });
      expect(found?.Mounts.filter(({ Type, RW }) => Type === "bind" && RW)).toEqual([]);
      const { mode, uid } = statSync(join(stack.data, "gateway/maps"));
      expect(found?.Config.User).toBe(`${uid}:10001`);
      expect(mode & 0o077).toBe(0);
    };

    it("is started by sightline up where it is asked for, as the gateway is, and ended by down", async () => {
      compose.run("down", "--volumes", "--timeout", "20");
      engine.run("docker", ["rm", "-f", "shop", "meanwhile"]);
      const found = findCompose();
      if ("reason" in found) throw new Error(found.reason);
      const stack = await createTestStack({
        DOCKER_HOST: engine.host,
        PATH: `${dirname(found.path)}:${process.env["PATH"]}`,
        SIGHTLINE_COMPOSE_OVERRIDE: join(repositoryRoot, "test/docker/without-missing-images.yml"),
        SIGHTLINE_DOCKER_SOCKET: engine.host.replace("unix://", ""),
      });
      try {
        const asked = { SIGHTLINE_AGENT: "container", SIGHTLINE_GATEWAY: "container" };
        const up = await stack.start(["up", "--mode", "docker", "--only", "stack"], asked).done;
        expect(up.stderr).not.toContain("✗");
        expect(up.code).toBe(0);
        expect(stack.state().servers).toEqual([]);
        // Without the variable: what runs is shown.
        const status = JSON.parse((await stack.run("status", "--json")).stdout) as {
          servers: { name: string; status: string; version: string; pid?: number }[];
        };
        const agents = status.servers.filter(({ name }) => name === "agent");
        expect(agents).toEqual([expect.objectContaining({ status: "healthy", restarts: 0 })]);
        expect(agents[0]?.pid).toBeUndefined();
        await expectGateway(stack);
        expect((await stack.run("down", "--delete-data", "--yes")).code).toBe(0);
        expect(engine.run("docker", ["ps", "--all", "--quiet"]).trim()).toBe("");
        expect(engine.run("docker", ["volume", "ls", "--quiet"]).trim()).toBe("");
      } finally {
        await stack.dispose();
      }
    }, 240_000);
  },
);
