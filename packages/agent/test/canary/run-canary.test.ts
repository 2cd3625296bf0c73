import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function start(lokiUrl: string | undefined, ...args: string[]) {
  const env = {
    PATH: process.env["PATH"],
    // Nobody listens there: metrics wait, and must not hold the end back.
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
    ...(lokiUrl === undefined ? {} : { SIGHTLINE_LOKI_URL: lokiUrl }),
  };
  const child = spawn(process.execPath, [MAIN, "canary", "--query-every", "100ms", ...args], {
    env,
  });
  children.push(child);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk) => {
      said[name] += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  /** Resolves when one of the streams holds the text. */
  const until = (name: "stdout" | "stderr", text: string | RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!(typeof text === "string" ? said[name].includes(text) : text.test(said[name]))) return;
        child[name].off("data", look);
        resolve();
      };
      child[name].on("data", look);
      look();
    });
  return { child, said, ended, until };
}

describe("sightline-agent canary", () => {
  it("says once that Loki cannot be asked, goes on printing, and says when it answers", async () => {
    let failures = 0;
    const lokiUrl = await listen((_, response) => {
      failures += 1;
      response.statusCode = failures < 15 ? 503 : 200;
      response.end(failures < 15 ? "starting" : '{"data":{"result":[]}}');
    });
    const canary = start(lokiUrl);
    await canary.until("stderr", "Loki answers again");
    await canary.until("stdout", / 3"\}\n$/);
    expect(canary.said.stderr.match(/cannot ask Loki: HTTP 503: starting/g)).toHaveLength(1);
    const numbers = canary.said.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).message);
    expect(new Set(numbers.map((text: string) => text.split(" ")[2])).size).toBe(1);
    expect(numbers.map((text: string) => Number(text.split(" ")[3]))).toEqual([1, 2, 3]);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "ends with 0 on %s, while Loki hangs and the collector is away",
    async (signal) => {
      let isAsked: (() => void) | undefined;
      const asked = new Promise<void>((resolve) => {
        isAsked = resolve;
      });
      const canary = start(await listen(() => isAsked?.()));
      await asked;
      canary.child.kill(signal);
      expect(await canary.ended).toBe(0);
    },
  );

  it("ends with 1 when nobody reads its lines any more", async () => {
    const canary = start("http://127.0.0.1:9");
    await canary.until("stdout", "\n");
    canary.child.stdout.destroy();
    expect(await canary.ended).toBe(1);
    expect(canary.said.stderr).toContain("cannot print");
  });

  it("says what to set where Loki's address is not there, and what it takes", async () => {
    const bare = start(undefined);
    expect(await bare.ended).toBe(3);
    expect(bare.said.stderr).toContain("SIGHTLINE_LOKI_URL is not set");
    expect(bare.said.stdout).toBe("");
    const odd = start("http://127.0.0.1:9", "--fast");
    expect(await odd.ended).toBe(64);
    expect(odd.said.stderr).toContain("--missing-after");
    const help = start(undefined, "--help");
    expect(await help.ended).toBe(0);
    expect(help.said.stdout).toContain("SIGHTLINE_LOKI_URL");
  });
});
