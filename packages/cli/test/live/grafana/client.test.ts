import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { EXIT } from "@sightline/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createGrafanaClient } from "../../../src/live/grafana/client.ts";
import { tempDirectory } from "../../support/temp.ts";

const TOKEN = "glsa_CANARYTOKEN";

async function listen(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function client(answer: Parameters<typeof createServer>[1], timeoutMillis = 5000) {
  const port = await listen(createServer(answer as never));
  const url = `http://127.0.0.1:${port}/grafana`;
  return createGrafanaClient({ url, token: TOKEN, timeoutMillis, retryMillis: 1 });
}

describe("the client of Grafana's API", () => {
  it("asks below the path that Grafana is served under, with its token and organisation", async () => {
    let asked: IncomingMessage | undefined;
    const port = await listen(
      createServer((request, response) => {
        asked = request;
        response.end("{}");
      }),
    );
    const url = `http://127.0.0.1:${port}/grafana/`;
    const { get } = createGrafanaClient({ url, token: TOKEN, orgId: 3 });
    expect(await get("/api/health")).toEqual({ status: "ok", code: 200, value: {} });
    expect(asked?.url).toBe("/grafana/api/health");
    expect(asked?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "x-grafana-org-id": "3",
    });
  });

  it("does not follow a redirect with its token", async () => {
    let strangers = 0;
    const stranger = await listen(
      createServer((_, response) => {
        strangers += 1;
        response.end("{}");
      }),
    );
    const { get } = await client((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${stranger}/login` });
      response.end();
    });
    expect(await get("/api/health")).toMatchObject({ kind: "not-grafana", code: 302 });
    expect(strangers).toBe(0);
  });

  it("gives up on a server that does not answer in time, and keeps its token to itself", async () => {
    const { get } = await client(() => undefined, 50);
    const answer = await get("/api/health");
    expect(answer).toMatchObject({
      kind: "no-answer",
      message: expect.stringContaining("in time"),
    });
    expect(JSON.stringify(answer)).not.toContain("CANARYTOKEN");
  });

  it("sends a write again after 503, and not after 500", async () => {
    const codes = [503, 503, 201, 500];
    const { write, counts } = await client((_, response) => {
      response.writeHead(codes.shift() ?? 200);
      response.end("{}");
    });
    expect(await write("POST", "/api/folders", {})).toMatchObject({ status: "ok", code: 201 });
    expect(await write("POST", "/api/folders", {})).toMatchObject({ kind: "server", code: 500 });
    expect(counts()).toEqual({ requests: 4, writes: 4 });
  });

  it("never repeats a POST whose answer was lost, since it may have been carried out", async () => {
    let asked = 0;
    const { write } = await client((request) => {
      asked += 1;
      request.socket.destroy();
    });
    expect(await write("POST", "/api/folders", {})).toMatchObject({ isUncertain: true });
    expect(asked).toBe(1);
  });

  it.each([
    ["text/html", "<html><body>CANARYPAGE</body></html>", "a web page"],
    ["application/json", '[{"uid":"a"', "no JSON, or cut"],
    ["application/json", "", "the answer is empty"],
  ])("says what is wrong with an answer that is %s %s", async (type, body, text) => {
    const { get } = await client((_, response) => {
      response.writeHead(200, { "content-type": type });
      response.end(body);
    });
    const answer = await get("/api/health");
    expect(answer).toMatchObject({ kind: "not-grafana", message: expect.stringContaining(text) });
    expect(JSON.stringify(answer)).not.toContain("CANARYPAGE");
  });

  it("stops reading an answer that is too large", async () => {
    const megabyte = Buffer.alloc(1024 * 1024, " ");
    const { get } = await client((_, response) => {
      let sent = 0;
      const more = (): void => {
        while (sent < 200 && response.write(megabyte)) sent += 1;
        if (sent >= 200) response.end();
      };
      response.on("drain", () => {
        sent += 1;
        more();
      });
      response.on("error", () => undefined);
      more();
    });
    expect(await get("/api/health")).toMatchObject({
      kind: "not-grafana",
      message: expect.stringContaining("larger than"),
    });
  });

  it("keeps control characters of a server out of its texts", async () => {
    const { get } = await client((_, response) => {
      response.writeHead(400);
      response.end(JSON.stringify({ message: "bad\u001b[2J\u0007\nthing" }));
    });
    expect(await get("/api/health")).toMatchObject({ message: "GET /api/health: 400 bad thing" });
  });
});

/** A Grafana behind TLS, whose certificate an own authority has signed. */
async function startTlsGrafana(folder: string): Promise<{ port: number; ca: string }> {
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"].concat(
      ["-keyout", key, "-out", certificate, "-days", "2"],
      subject,
    ),
    { stdio: "ignore" },
  );
  const server = createTlsServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (_, response) => response.end('{"database":"ok","version":"9.0.1"}'),
  );
  return { port: await listen(server), ca: certificate };
}

/** CONNECT and nothing else; tells what it was asked for. */
async function startConnectProxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on("connect", (request, socket) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    const upstream = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  return { url: `127.0.0.1:${await listen(proxy)}`, asked };
}

describe("proxies and certificates", () => {
  const main = join(import.meta.dirname, "../../../src/main.ts");

  /** In a process of its own: Node reads NODE_EXTRA_CA_CERTS once, at its start. */
  async function plan(port: number, env: NodeJS.ProcessEnv) {
    const folder = tempDirectory();
    const file = join(folder, "sightline.yaml");
    writeFileSync(
      file,
      `targets: [{name: prod, grafana: {url: "https://localhost:${port}", token: "\${env:TOKEN}"}}]\n`,
    );
    const { PATH } = process.env;
    return await promisify(execFile)(process.execPath, [main, "plan", "--file", file], {
      env: { PATH, TOKEN, ...env },
    }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  }

  it("goes through a CONNECT proxy to a server whose authority NODE_EXTRA_CA_CERTS names", async () => {
    const { port, ca } = await startTlsGrafana(tempDirectory());
    const proxy = await startConnectProxy();
    const https = { HTTPS_PROXY: `http://me:pass@${proxy.url}`, NODE_EXTRA_CA_CERTS: ca };
    const through = await plan(port, https);
    // It was reached: it is only too old.
    expect(through).toMatchObject({ code: EXIT.unsupportedVersion });
    expect(proxy.asked).toEqual([
      `localhost:${port} Basic ${Buffer.from("me:pass").toString("base64")}`,
    ]);
    const direct = await plan(port, { ...https, NO_PROXY: "localhost" });
    expect(direct.text).toContain("this is Grafana 9.0.1");
    expect(proxy.asked).toHaveLength(1);
  });

  it("says that the proxy's address is no URL, without the password in it", async () => {
    const { code, text } = await plan(1, { HTTPS_PROXY: "http://me:CANARYPASS@@::bad" });
    expect([code, text]).toEqual([EXIT.noAnswer, expect.stringContaining("HTTPS_PROXY")]);
    expect(text).not.toMatch(/CANARYPASS|fault of ours/);
  });

  it("names the variable where the certificate's authority is not known", async () => {
    const { port } = await startTlsGrafana(tempDirectory());
    const { code, text } = await plan(port, {});
    expect([code, text]).toEqual([EXIT.noAnswer, expect.stringContaining("NODE_EXTRA_CA_CERTS")]);
    expect(text).not.toContain("CANARYTOKEN");
  });
});
