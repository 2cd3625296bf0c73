import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../harness/stack.ts";
import { until } from "../harness/until.ts";
import { type Engine, startEngine, whyNoEngine } from "./engine.ts";
import { findProgram, makeProgramImage } from "./program-image.ts";

const haproxy = findProgram("haproxy");
const reason =
  whyNoEngine() ??
  (haproxy === undefined
    ? "no haproxy here; on Debian: apt-get install --no-install-recommends haproxy"
    : undefined);
const configuration = join(repositoryRoot, "provisioning/docker-proxy/haproxy.cfg");
const IMAGE = "sightline-test/shell:1";

describe.skipIf(reason !== undefined)(`docker-proxy${reason ? ` (${reason})` : ""}`, () => {
  let engine: Engine;
  let proxy: ChildProcess;
  let port: number;
  let container: string;
  let log = "";

  beforeAll(async () => {
    engine = await startEngine();
    makeProgramImage(engine, IMAGE, { programs: { "/bin/sh": "/bin/sh" }, changes: [] });
    container = engine
      .run("docker", [
        "run",
        "-d",
        "-i",
        "--network=none",
        IMAGE,
        "/bin/sh",
        "-c",
        "echo ready; read x",
      ])
      .trim();
    port = await freePort();
    proxy = spawn(haproxy as string, ["-W", "-db", "-f", configuration], {
      env: {
        ...process.env,
        SIGHTLINE_DOCKER_SOCKET: engine.host.replace("unix://", ""),
        SIGHTLINE_DOCKER_PROXY_BIND: `127.0.0.1:${port}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [proxy.stdout, proxy.stderr]) {
      stream?.on("data", (chunk) => {
        log += chunk;
      });
    }
    await until("the proxy to answer", async () => (await get("/_ping")).status === 200);
  }, 180_000);

  afterAll(async () => {
    if (proxy && proxy.exitCode === null) {
      const ended = new Promise((done) => proxy.once("exit", done));
      proxy.kill("SIGTERM");
      await ended;
    }
    await engine?.dispose();
  }, 120_000);

  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return { status: response.status, body: await response.text() };
  };

  /** The first line of the answer to these bytes; empty where the connection was closed. */
  const sendRaw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.setEncoding("utf8");
      socket.on("data", (chunk) => {
        answer += chunk;
        if (answer.includes("\r\n")) socket.destroy();
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
    });

  const stream = (
    path: string,
  ): Promise<{ response: IncomingMessage; text: () => string; end: () => void }> =>
    new Promise((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("error", () => {});
        resolve({ response, text: () => text, end: () => call.destroy() });
      });
      call.on("error", reject);
      call.end();
    });

  it.each([
    "/_ping",
    "/version",
    "/v1.41/version",
    "/info",
    "/containers/json?all=1",
    "/v1.41/containers/json",
    "/containers/<id>/json",
    "/v1.41/containers/<id>/json",
    "/containers/<id>/logs?stdout=1&timestamps=1",
    "/containers/<id>/stats?stream=false&one-shot=true",
    "/events?since=1&until=2",
  ])("lets GET %s pass", async (path) => {
    const answer = await get(path.replace("<id>", container));
    expect(answer.status).toBe(200);
    // As the engine says it by itself.
    if (path.includes("/json") && path.includes("<id>")) {
      expect(JSON.parse(answer.body)).toMatchObject({ Id: container });
    }
  });

  it("lets HEAD /_ping pass, which clients begin with, and no other HEAD", async () => {
    expect((await get("/_ping", { method: "HEAD" })).status).toBe(200);
    expect((await get("/info", { method: "HEAD" })).status).toBe(403);
  });

  it("serves the docker command its reading calls and none that writes", () => {
    const docker = (...args: string[]): string =>
      engine.run("docker", args, { DOCKER_HOST: `tcp://127.0.0.1:${port}` });
    expect(docker("ps", "--quiet", "--no-trunc").trim()).toBe(container);
    expect(docker("logs", container)).toBe("ready\n");
    for (const args of [
      ["kill", container],
      ["rm", "-f", container],
      ["exec", container, "/bin/sh", "-c", "exit 0"],
      ["run", "--rm", "-v", "/:/host", IMAGE, "/bin/sh"],
      ["cp", `${container}:/etc/passwd`, "-"],
      ["image", "ls"],
    ]) {
      expect(() => docker(...args), args.join(" ")).toThrow(/403|Forbidden|administrative rules/);
    }
    expect(engine.run("docker", ["ps", "--quiet", "--no-trunc"]).trim()).toBe(container);
  });

  it.each([
    ["POST", "/containers/<id>/kill"],
    ["POST", "/containers/create"],
    ["POST", "/containers/<id>/exec"],
    ["POST", "/containers/json"],
    ["POST", "/images/create?fromImage=x"],
    ["PUT", "/containers/<id>/archive?path=/"],
    ["DELETE", "/containers/<id>"],
    ["DELETE", "/containers/<id>/json"],
    ["OPTIONS", "/_ping"],
    ["GET", "/containers/<id>/archive?path=/etc"],
    ["GET", "/containers/<id>/export"],
    ["GET", "/containers/<id>/attach/ws"],
    ["GET", "/containers/<id>/top"],
    ["GET", "/containers/<id>/changes"],
    ["GET", "/images/json"],
    ["GET", "/secrets"],
    ["GET", "/configs"],
    ["GET", "/networks"],
    ["GET", "/volumes"],
    ["GET", "/system/df"],
    ["GET", "/exec/<id>/json"],
    ["GET", "/swarm"],
    ["GET", "/"],
    ["GET", "//_ping"],
    ["GET", "//containers/json"],
    ["GET", "/containers//json"],
    ["GET", "/containers/../images/json"],
    ["GET", "/containers/json/../../images/json"],
    ["GET", "/containers/%2e%2e/images/json"],
    ["GET", "/containers/..%2fimages/json"],
    ["GET", "/containers/<id>/%6c%6f%67%73"],
    ["GET", "/containers/<id>%2fexport/json"],
    ["GET", "/containers/<id>/logs/"],
    ["GET", "/containers/<id>/logs%00"],
    ["GET", "/containers/<id>/logs;x"],
    ["GET", "/containers/web/json"],
    ["GET", "/v1.41/../containers/json"],
    ["GET", "/v1.41//containers/json"],
    ["GET", "/V1.41/containers/json"],
    ["GET", "/v1.41.1/containers/json"],
    ["GET", "/v2/containers/json"],
    ["GET", "/CONTAINERS/json"],
    ["GET", "/_PING"],
  ])("refuses %s %s, and says so in its log", async (method, path) => {
    const line = `${method} ${path.replace("<id>", container)} HTTP/1.1`;
    const before = log.length;
    expect(await sendRaw(`${line}\r\nHost: docker\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 /);
    await until(`a line about "${line}"`, () =>
      log.slice(before).includes(`docker-proxy: 403 for "${line}" from 127.0.0.1`),
    );
  });

  const HEAD = "GET /containers/json HTTP/1.1\r\nHost: docker\r\n";
  it.each([
    ["a body", `${HEAD}Content-Length: 3\r\n\r\nabc`, /^HTTP\/1\.1 403 /],
    [
      "two lengths",
      `${HEAD}Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a length and chunks",
      `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 40[03] /,
    ],
    ["chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1\.1 403 /],
    ["an upgrade", `${HEAD}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`, /^HTTP\/1\.1 403 /],
    [
      "an upgrade to HTTP/2",
      `${HEAD}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
      // HAProxy 3 takes the header away by itself: then it is an ordinary call, and never a 101.
      /^HTTP\/1\.1 (?:403|200) /,
    ],
    ["HTTP/2 from the start", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /^(?:HTTP\/1\.1 4\d\d .*)?$/],
    ["CONNECT", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: docker\r\n\r\n", /^HTTP\/1\.1 40[03] /],
    [
      "a whole address",
      "GET http://docker/_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
      /^HTTP\/1\.1 403 /,
    ],
    ["HTTP/1.0", "GET /_ping HTTP/1.0\r\n\r\n", /^HTTP\/1\.1 403 /],
    ["HTTP/0.9", "GET /_ping\r\n\r\n", /^HTTP\/1\.1 40[03] /],
    [
      "a space in the path",
      "GET /_ping /../info HTTP/1.1\r\nHost: docker\r\n\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    [
      "a bare line feed in a header",
      `${HEAD}X: a\nTransfer-Encoding: chunked\r\n\r\n`,
      /^HTTP\/1\.1 40[03] /,
    ],
    ["no HTTP at all", "\u0016\u0003\u0001\u0002hello\r\n\r\n", /^(?:HTTP\/1\.1 400 .*)?$/],
  ])("refuses %s", async (_, text, expected) => {
    expect(await sendRaw(text)).toMatch(expected);
  });

  it("refuses the second request of a connection as it refuses the first", async () => {
    const answers = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(
          `GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\nPOST /containers/${container}/kill HTTP/1.1\r\nHost: docker\r\n\r\n`,
        ),
      );
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
        if (text.includes("403")) socket.destroy();
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
    });
    expect([...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => code)).toEqual([
      "200",
      "403",
    ]);
    expect(engine.run("docker", ["ps", "--quiet", "--no-trunc"]).trim()).toBe(container);
  });

  it("hands on a line and an event the moment they happen", async () => {
    const events = await stream("/events");
    const other = engine
      .run("docker", [
        "run",
        "-d",
        "-i",
        "--network=none",
        IMAGE,
        "/bin/sh",
        "-c",
        "read line; echo $line",
      ])
      .trim();
    await until("the start event", () => events.text().includes(other));
    const logs = await stream(`/containers/${other}/logs?follow=1&stdout=1`);
    const attached = spawn("docker", ["attach", "--sig-proxy=false", other], {
      env: { ...process.env, DOCKER_HOST: engine.host },
      stdio: ["pipe", "ignore", "ignore"],
    });
    attached.stdin.end("hello\n");
    await until("the line", () => logs.text().includes("hello"));
    await until("the death", () => events.text().includes('"Action":"die"'));
    events.end();
    logs.end();
  });

  it("holds 600 streams of quiet containers, and lets them go with the client", async () => {
    // What the engine has open: a connection for each stream, and the file that it reads.
    const enginePid = readFileSync(join(engine.directory, "engine.pid"), "utf8").trim();
    const connections = (): number => readdirSync(`/proc/${enginePid}/fd`).length;
    const before = connections();
    const streams = await Promise.all(
      Array.from({ length: 600 }, () => stream(`/containers/${container}/logs?follow=1&stdout=1`)),
    );
    expect(streams.map(({ response }) => response.statusCode)).toEqual(streams.map(() => 200));
    await until("600 connections to the engine", () => connections() >= before + 600);
    expect((await get("/_ping")).status).toBe(200);
    for (const each of streams) each.end();
    await until("the connections to end", () => connections() < before + 60);
  });

  it("says nothing about what passes", async () => {
    const before = log.length;
    await get("/info");
    await sendRaw("GET /secrets HTTP/1.1\r\nHost: docker\r\n\r\n");
    await until("the refusal", () => log.slice(before).includes("/secrets"));
    expect(log.slice(before)).not.toContain("/info");
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
