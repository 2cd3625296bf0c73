import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createAskLoki, type LokiOptions } from "../../src/canary/ask-loki.ts";

const QUERY = { query: '{a="b"}', fromUnixMillis: 1_000, toUnixMillis: 2_000 };
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** Stands where Loki should be, and is not well. */
async function listen(answer: RequestListener, userInfo = ""): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://${userInfo}127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = async (answer: RequestListener, options: Partial<LokiOptions> = {}) =>
  createAskLoki({ url: await listen(answer), ...options })(QUERY, new AbortController().signal);

const streams = (count: number): string =>
  JSON.stringify({
    data: {
      result: Array.from({ length: count }, (_, index) => ({
        stream: { host_name: "vm" },
        values: [[`${1_500 + index}123456`, `line ${index}`]],
      })),
    },
  });

describe("a question to Loki", () => {
  it("gives the lines with their time and fields", async () => {
    let asked = "";
    const answer = await ask((request, response) => {
      asked = decodeURIComponent(request.url ?? "");
      response.end(streams(2));
    });
    expect(asked).toBe(
      '/loki/api/v1/query_range?query={a="b"}&start=1000000000&end=2000000000&limit=5000&direction=forward',
    );
    expect(answer).toEqual({
      status: "ok",
      isWhole: true,
      lines: [
        { unixMillis: 1_500, text: "line 0", fields: { host_name: "vm" } },
        { unixMillis: 1_501, text: "line 1", fields: { host_name: "vm" } },
      ],
    });
  });

  it("is not answered in whole where the answer is as long as one may be", async () => {
    const answer = await ask((_, response) => void response.end(streams(5_000)));
    expect(answer).toMatchObject({ status: "ok", isWhole: false });
  });

  it("fails with the status and what the server said", async () => {
    const answer = await ask((_, response) => {
      response.statusCode = 500;
      response.end(`too many\noutstanding requests${"!".repeat(5_000)}`);
    });
    expect(answer).toMatchObject({ status: "failed" });
    expect(answer.status === "failed" && answer.reason).toMatch(
      /^HTTP 500: too many outstanding requests!{1,200}$/,
    );
  });

  it.each([
    "",
    "<html>",
    "null",
    "[]",
    '{"data":{}}',
    '{"data":{"result":[{"stream":{}}]}}',
    '{"data":{"result":[{"stream":{},"values":[["x",1]]}]}}',
  ])("fails on an answer that is none of Loki's: %j", async (text) => {
    const answer = await ask((_, response) => void response.end(text));
    expect(answer).toEqual({
      status: "failed",
      reason: "the answer is not one of Loki's; is this its address?",
    });
  });

  it("fails on an answer that does not begin, or begins and does not end", async () => {
    const options = { timeoutMillis: 100 };
    const reason = "no answer within 100 ms";
    expect(await ask(() => {}, options)).toEqual({ status: "failed", reason });
    const trickling = await ask((_, response) => void response.write("{"), options);
    expect(trickling).toEqual({ status: "failed", reason });
  });

  it("fails on an answer that is larger than one wants in memory, and on one that breaks off", async () => {
    const large = await ask((_, response) => void response.end("x".repeat(2_000)), {
      maxBytes: 1_000,
    });
    expect(large).toEqual({ status: "failed", reason: "the answer has more than 1000 bytes" });
    const broken = await ask((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{");
      response.socket?.end();
    });
    expect(broken.status).toBe("failed");
  });

  it("sends user and password of the address, and tells them to nobody else", async () => {
    let header: string | undefined;
    const url = await listen((request, response) => {
      header = request.headers.authorization;
      response.destroy();
    }, "reader:s3cret@");
    const answer = await createAskLoki({ url: `${url}/` })(QUERY, new AbortController().signal);
    expect(header).toBe(`Basic ${Buffer.from("reader:s3cret").toString("base64")}`);
    expect(answer.status).toBe("failed");
    expect(JSON.stringify(answer)).not.toContain("s3cret");
  });

  it("is broken off by its signal", async () => {
    const ending = new AbortController();
    const url = await listen(() => ending.abort());
    const answer = await createAskLoki({ url })(QUERY, ending.signal);
    expect(answer.status).toBe("failed");
  });
});
