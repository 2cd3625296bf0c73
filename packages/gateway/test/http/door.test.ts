import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { OUTCOME_NAMES, OUTCOMES } from "../../src/http/outcome.ts";
import {
  type DoorRig,
  type DoorRigOptions,
  KEY,
  ORIGIN,
  readToEnd,
  SHOP,
  startDoor,
} from "../support/door-rig.ts";

const rigs: DoorRig[] = [];
async function setUp(options: DoorRigOptions = {}): Promise<DoorRig> {
  const rig = await startDoor(options);
  rigs.push(rig);
  return rig;
}
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.close()));
});

const page = { origin: ORIGIN, "content-type": "text/plain" };

describe("a page's beacon", () => {
  it("reaches the intake with its app, its size and both clocks, and is answered without a body", async () => {
    const rig = await setUp();
    const before = Date.now();
    const answer = await rig.send({ path: `/c/${KEY}?t=1700000000123`, body: '{"meta":{}}' });
    expect(answer).toMatchObject({ status: 204, body: "" });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      vary: "origin",
    });
    expect(answer.headers).not.toHaveProperty("access-control-allow-credentials");
    const [beacon] = rig.beacons;
    expect(beacon).toMatchObject({
      app: SHOP,
      payload: { meta: {} },
      bytes: 11,
      sentAtMillis: 1_700_000_000_123,
    });
    expect(beacon?.receivedAtMillis).toBeGreaterThanOrEqual(before);
    expect(rig.totals()).toEqual({ accepted: 1 });
  });

  it.each([
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/json",
    "Application/JSON; charset=utf-8",
  ])("may be %s", async (type) => {
    const rig = await setUp();
    const answer = await rig.send({ headers: { origin: ORIGIN, "content-type": type } });
    expect(answer.status).toBe(204);
  });

  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["identity", (text: Buffer) => text],
  ])("may be compressed by %s", async (encoding, compress) => {
    const rig = await setUp();
    const text = Buffer.from(JSON.stringify({ logs: ["ü".repeat(500)] }));
    const answer = await rig.send({
      headers: { ...page, "content-encoding": encoding },
      body: compress(text),
    });
    expect(answer.status).toBe(204);
    expect(rig.beacons[0]).toMatchObject({
      bytes: text.length,
      payload: { logs: ["ü".repeat(500)] },
    });
  });

  it("has no clock of its page where the text is no number", async () => {
    const rig = await setUp();
    for (const query of ["", "?t=", "?t=-1", "?t=1e9", "?t=99999999999999999", "?tt=5", "?t[]=5"]) {
      await rig.send({ path: `/c/${KEY}${query}` });
    }
    expect(rig.beacons.map(({ sentAtMillis }) => sentAtMillis)).toEqual(
      new Array(7).fill(undefined),
    );
  });

  it("is answered with what became of it: no payload of Faro, or to come again", async () => {
    const rig = await setUp();
    rig.answerWith(async () => ({ status: "malformed" }));
    expect(await rig.send()).toMatchObject({ status: 400, reason: "malformed" });
    rig.answerWith(async () => ({ status: "busy", retryAfterSeconds: 17 }));
    const busy = await rig.send();
    expect(busy).toMatchObject({ status: 503, reason: "busy" });
    expect(busy.headers["retry-after"]).toBe("17");
    expect(busy.headers["access-control-expose-headers"]).toContain("retry-after");
  });

  it("is answered 500, and the next one as ever, where the gateway itself has a fault", async () => {
    const rig = await setUp();
    rig.answerWith(() => Promise.reject(new Error("a fault")));
    expect(await rig.send()).toMatchObject({ status: 500, reason: "failed" });
    rig.answerWith(async () => ({ status: "safe", items: 1, dropped: 0 }));
    expect(await rig.send()).toMatchObject({ status: 204 });
    expect(rig.totals()).toEqual({ failed: 1, accepted: 1 });
  });
});

describe("a preflight", () => {
  const FARO_HEADERS =
    "content-encoding,content-type,idempotency-key,x-api-key,x-faro-session-id,traceparent";
  const asked = {
    origin: ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": FARO_HEADERS,
  };

  it("lets the app's page send every header of Faro, for a day", async () => {
    const rig = await setUp();
    const { status, headers, body } = await rig.send({
      method: "OPTIONS",
      headers: asked,
      body: "",
    });
    expect({ status, body }).toEqual({ status: 204, body: "" });
    const allowed = String(headers["access-control-allow-headers"]).split(", ");
    expect(allowed).toEqual(expect.arrayContaining(FARO_HEADERS.split(",")));
    expect(headers).toMatchObject({
      "access-control-allow-origin": ORIGIN,
      "access-control-allow-methods": "POST",
      "access-control-max-age": "86400",
    });
    expect(String(headers["vary"])).toContain("origin");
    expect(rig.totals()).toEqual({ preflight: 1 });
  });

  it("of another page, or for another method, lets nobody send", async () => {
    const rig = await setUp();
    const other = await rig.send({
      method: "OPTIONS",
      headers: { ...asked, origin: "https://evil.example" },
      body: "",
    });
    expect(other).toMatchObject({ status: 403, reason: "wrong_origin" });
    expect(other.headers).not.toHaveProperty("access-control-allow-origin");
    const put = await rig.send({
      method: "OPTIONS",
      headers: { ...asked, "access-control-request-method": "PUT" },
      body: "",
    });
    expect(put).toMatchObject({ status: 405, reason: "wrong_method" });
    expect(
      await rig.send({ method: "OPTIONS", headers: { origin: ORIGIN }, body: "" }),
    ).toMatchObject({ status: 405 });
  });
});

describe("who may send", () => {
  it.each([
    ["https://shop.example.evil.example", "wrong_origin"],
    ["https://evil-shop.example", "wrong_origin"],
    ["http://shop.example", "wrong_origin"],
    ["https://shop.example:8443", "wrong_origin"],
    ["https://SHOP.example", "wrong_origin"],
    ["https://shop.example/", "wrong_origin"],
    ["https://shop.example, https://evil.example", "wrong_origin"],
    ["null", "wrong_origin"],
    ["*", "wrong_origin"],
    ["", "wrong_origin"],
  ])("is not a page of %j", async (origin, reason) => {
    const rig = await setUp();
    const answer = await rig.send({ headers: { ...page, origin } });
    expect(answer).toMatchObject({ status: 403, reason });
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    expect(rig.beacons).toEqual([]);
  });

  it("is nobody without an origin: each browser names one, other programs have OTLP", async () => {
    const rig = await setUp();
    const answer = await rig.send({ headers: { "content-type": "text/plain" } });
    expect(answer).toMatchObject({ status: 403, reason: "no_origin" });
  });

  it("is nobody with a key of no app, whose page may read that", async () => {
    const rig = await setUp();
    const answer = await rig.send({ path: "/c/another-key-9" });
    expect(answer).toMatchObject({ status: 403, reason: "unknown_key" });
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
  });

  it("is nobody of an app that is switched off: answered as ever, nothing kept", async () => {
    const rig = await setUp();
    rig.configure({ apps: [{ ...SHOP, enabled: false }] });
    const answer = await rig.send();
    expect(answer).toMatchObject({ status: 204, body: "" });
    expect(answer.headers["access-control-allow-origin"]).toBe(ORIGIN);
    expect((await rig.send({ headers: { ...page, origin: "https://evil.example" } })).status).toBe(
      204,
    );
    expect(rig.beacons).toEqual([]);
    expect(rig.totals()).toEqual({ disabled: 2 });
  });

  it.each([
    "/c/",
    "/c",
    `/c/${KEY}/`,
    `/c/${KEY}/x`,
    `/c/../c/${KEY}`,
    `//c/${KEY}`,
    "/c/..%2f..%2fetc",
    "/c/short",
    `/C/${KEY}`,
    `/c/${KEY}%00`,
    `/c/${KEY};x`,
    "/r/shop-key-1",
    "/desk",
    "/status",
    "/hooks/alerts",
    "/",
  ])("finds nothing at %s", async (path) => {
    const rig = await setUp();
    expect(await rig.send({ path })).toMatchObject({ status: 404, reason: "not_found" });
  });

  it.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "PURGE"])(
    "may not %s",
    async (method) => {
      const rig = await setUp();
      const answer = await rig.send({ method, body: "" });
      expect(answer.status).toBe(405);
      expect(answer.headers["allow"]).toBe("OPTIONS, POST");
      expect(rig.totals()).toEqual({ wrong_method: 1 });
    },
  );
});

describe("a body", () => {
  it.each([
    ["no JSON", "{", "bad_json"],
    ["nothing", "", "bad_json"],
    ["two values", "{} {}", "bad_json"],
    ["a comment", "{/* */}", "bad_json"],
    ["half a letter", Buffer.from([0x22, 0xc3, 0x22]), "bad_json"],
    ["a byte order of two bytes", Buffer.from("{}", "utf16le"), "bad_json"],
    ["brackets that close too much", "[]]", "bad_json"],
    ["an open string", '{"a', "bad_json"],
    ["17 levels", "[".repeat(17) + "]".repeat(17), "too_deep"],
    ["10,000,000 levels", "[".repeat(900_000), "too_deep"],
    ["60,000 values", `[${"0,".repeat(60_000)}0]`, "too_many_values"],
    [
      "60,000 keys",
      `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":0`).join()}}`,
      "too_many_values",
    ],
  ])("of %s is refused", async (_name, body, reason) => {
    const rig = await setUp();
    expect(await rig.send({ body })).toMatchObject({ status: 400, reason });
    expect(rig.beacons).toEqual([]);
  });

  it("may be as deep as the limit, and say brackets in its texts", async () => {
    const rig = await setUp();
    const body = `${"[".repeat(16)}"${'[{\\"'.repeat(100)}"${"]".repeat(16)}`;
    expect((await rig.send({ body })).status).toBe(204);
  });

  it("cannot reach a prototype, however its key is spelt", async () => {
    const rig = await setUp();
    await rig.send({ body: '{"a":{"__proto__":{"isAdmin":true}},"b":1}' });
    await rig.send({ body: '{"\\u005f_proto__":{"isAdmin":true},"constructor":{"prototype":{}}}' });
    for (const { payload } of rig.beacons) {
      const copy = Object.assign({}, payload) as { isAdmin?: boolean; a?: object };
      expect(copy.isAdmin).toBeUndefined();
      expect(Object.assign({}, copy.a)).not.toHaveProperty("isAdmin");
      expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
    }
    expect(rig.beacons).toHaveLength(2);
  });

  it("larger than the limit is refused by what it says, and by what it is", async () => {
    const rig = await setUp({ config: { maxBodyBytes: 10_000 } });
    const body = `"${"x".repeat(20_000)}"`;
    expect(await rig.send({ body })).toMatchObject({ status: 413, reason: "body_too_large" });
    const chunked = { ...page, "transfer-encoding": "chunked" };
    expect(await rig.send({ body, headers: chunked })).toMatchObject({
      status: 413,
      reason: "body_too_large",
    });
    expect(await rig.send({ body: `"${"x".repeat(9_998)}"` })).toMatchObject({ status: 204 });
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ])("that is a bomb of %s is refused before it is whole", async (encoding, compress) => {
    const rig = await setUp();
    const bomb = compress(Buffer.alloc(50_000_000));
    const headers = { ...page, "content-encoding": encoding };
    const before = process.memoryUsage().rss;
    for (let n = 0; n < 5; n += 1) {
      expect(
        await rig.send({
          headers: { ...headers, "x-forwarded-for": `203.0.113.${n}` },
          body: bomb,
        }),
      ).toMatchObject({
        status: 413,
        reason: "inflated_too_large",
      });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  });

  it.each([
    ["text for gzip", "gzip", Buffer.from("{}")],
    ["half of gzip", "gzip", gzipSync('{"a":1}').subarray(0, 12)],
    ["gzip and rubbish", "gzip", Buffer.concat([gzipSync("{}"), Buffer.from("rubbish")])],
    ["gzip for brotli", "br", gzipSync("{}")],
    ["nothing", "deflate", Buffer.alloc(0)],
  ])("with %s is refused", async (_name, encoding, body) => {
    const rig = await setUp();
    const answer = await rig.send({ headers: { ...page, "content-encoding": encoding }, body });
    expect(answer.status).toBe(400);
    expect(["bad_compression", "bad_json"]).toContain(answer.reason);
  });

  it.each(["zstd", "compress", "gzip, gzip", "gzip;q=1", "__proto__", "constructor"])(
    "compressed by %s is refused",
    async (encoding) => {
      const rig = await setUp();
      const answer = await rig.send({ headers: { ...page, "content-encoding": encoding } });
      expect(answer).toMatchObject({ status: 415, reason: "wrong_encoding" });
    },
  );

  it.each([
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/html",
    "application/json+x",
    "x",
  ])("of type %s is refused", async (type) => {
    const rig = await setUp();
    const answer = await rig.send({ headers: { origin: ORIGIN, "content-type": type } });
    expect(answer).toMatchObject({ status: 415, reason: "wrong_type" });
  });

  it("without a type is refused", async () => {
    const rig = await setUp();
    expect(await rig.send({ headers: { origin: ORIGIN } })).toMatchObject({ reason: "wrong_type" });
  });
});

describe("limits", () => {
  it("let an address send so many requests a minute, and tell when to come again", async () => {
    let now = 1_000_000;
    const apps = [{ ...SHOP, maxRequestsPerMinute: 3 }];
    const rig = await setUp({ config: { apps }, now: () => now });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await rig.send()).status);
    expect(statuses).toEqual([204, 204, 204, 429]);
    const refused = await rig.send();
    expect(refused).toMatchObject({ reason: "address_limit" });
    expect(refused.headers["retry-after"]).toBe("20");
    now += 20_000;
    expect((await rig.send()).status).toBe(204);
    expect((await rig.send()).status).toBe(429);
  });

  it("count by what the proxy says, not by what the sender says", async () => {
    const apps = [{ ...SHOP, maxRequestsPerMinute: 1 }];
    const rig = await setUp({ config: { apps } });
    const from = async (forwarded: string) =>
      (await rig.send({ headers: { ...page, "x-forwarded-for": forwarded } })).status;
    expect(await from("203.0.113.1")).toBe(204);
    expect(await from("203.0.113.2")).toBe(204);
    expect(await from("203.0.113.1")).toBe(429);
    // What a sender puts before the entry of our proxy changes nothing.
    expect(await from("1.2.3.4, 203.0.113.1")).toBe(429);
    expect(await from("2001:db8:1:2:aaaa::1")).toBe(204);
    expect(await from("2001:db8:1:2:bbbb::2")).toBe(429);
    expect(await from("2001:db8:1:3::1")).toBe(204);
  });

  it("let one address use a quarter of the app's bytes, and all together the whole", async () => {
    const apps = [{ ...SHOP, maxBytesPerMinute: 40_000 }];
    const rig = await setUp({ config: { apps }, now: () => 5 });
    const body = `"${"x".repeat(11_000)}"`;
    const from = async (forwarded: string) =>
      (await rig.send({ body, headers: { ...page, "x-forwarded-for": forwarded } })).reason;
    expect(await from("203.0.113.1")).toBeUndefined();
    expect(await from("203.0.113.1")).toBe("address_limit");
    for (const last of [2, 3, 4]) expect(await from(`203.0.113.${last}`)).toBeUndefined();
    expect(await from("203.0.113.5")).toBe("key_limit");
  });

  it("count what is refused, too, by what it was decompressed", async () => {
    const apps = [{ ...SHOP, maxBytesPerMinute: 40_000 }];
    const rig = await setUp({ config: { apps }, now: () => 5 });
    const headers = { ...page, "content-encoding": "gzip" };
    const body = gzipSync("x".repeat(50_000));
    expect((await rig.send({ headers, body })).reason).toBe("bad_json");
    expect((await rig.send({ headers, body })).reason).toBe("address_limit");
  });

  it("let an address pay for its bombs, and not the app's pages", async () => {
    const apps = [{ ...SHOP, maxBytesPerMinute: 16_000_000 }];
    const rig = await setUp({ config: { apps }, now: () => 5 });
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const from = async (forwarded: string) =>
      (
        await rig.send({
          body: bomb,
          headers: { ...page, "content-encoding": "gzip", "x-forwarded-for": forwarded },
        })
      ).reason;
    for (let n = 1; n < 10; n += 1) {
      expect(await from(`203.0.113.${n}`)).toBe("inflated_too_large");
      expect(await from(`203.0.113.${n}`)).toBe("address_limit");
    }
  });

  it("take only so many bytes at a time, and give the room back", async () => {
    const rig = await setUp({ maxBytesUnderWay: 40_000 });
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const arrived = new Promise<void>((resolve) => {
      rig.answerWith(async () => {
        resolve();
        await held;
        return { status: "safe", items: 1, dropped: 0 };
      });
    });
    const body = `"${"x".repeat(6_000)}"`;
    const first = rig.send({ body });
    await arrived;
    const second = await rig.send({ body });
    expect(second).toMatchObject({ status: 503, reason: "overloaded" });
    expect(second.headers["retry-after"]).toBe("2");
    finish();
    expect((await first).status).toBe(204);
    expect((await rig.send({ body })).status).toBe(204);
  });
});

describe("bodies that are announced and do not come", () => {
  it("keep nobody out, and cost their address what came of them", async () => {
    const apps = [{ ...SHOP, maxBytesPerMinute: 400_000 }];
    const rig = await setUp({ config: { apps }, maxBytesUnderWay: 200_000, now: () => 5 });
    const held = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await rig.connect();
        socket.write(`${head("content-length: 1000000\r\nx-forwarded-for: 203.0.113.1\r\n")}{"a":`);
        return socket;
      }),
    );
    const others = { ...page, "x-forwarded-for": "203.0.113.2" };
    expect((await rig.send({ headers: others })).status).toBe(204);
    for (const socket of held) socket.destroy();
    await expect.poll(() => rig.totals().aborted).toBe(20);
    const late = await rig.connect();
    late.write(
      `${head("content-length: 1000000\r\nx-forwarded-for: 203.0.113.3\r\n")}${"x".repeat(45_000)}`,
    );
    const more = await rig.connect();
    more.write(
      `${head("content-length: 1000000\r\nx-forwarded-for: 203.0.113.3\r\n")}${"x".repeat(45_000)}`,
    );
    const answer = readToEnd(more);
    expect(await Promise.race([answer, readToEnd(late)])).toMatch(/^HTTP\/1.1 503 /);
    late.destroy();
    more.destroy();
    await expect.poll(() => rig.totals().overloaded).toBe(1);
  });
});

describe("connections", () => {
  it("that send their head too slowly are ended with 408", async () => {
    const rig = await setUp({ limits: { headMillis: 200, requestMillis: 400 } });
    const socket = await rig.connect();
    socket.write(`POST /c/${KEY} HTTP/1.1\r\nHost: x\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1.1 408 /);
    expect(rig.totals()).toEqual({ timed_out: 1 });
  });

  it("that send their body too slowly, or less than they said, are ended with 408 and counted once", async () => {
    const rig = await setUp({ limits: { headMillis: 200, requestMillis: 400 } });
    const socket = await rig.connect();
    socket.write(`${head(`content-length: 500\r\n`)}{"a":`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1.1 408 /);
    expect(rig.totals()).toEqual({ timed_out: 1 });
    expect(rig.beacons).toEqual([]);
  });

  it("that break off are counted, and answered by nobody", async () => {
    const rig = await setUp();
    const socket = await rig.connect();
    socket.write(`${head(`content-length: 500\r\n`)}{"a":`);
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await expect.poll(() => rig.totals()).toEqual({ aborted: 1 });
  });

  it.each([
    ["both lengths", head("content-length: 5\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")],
    ["two lengths", head("content-length: 2\r\ncontent-length: 3\r\n", "{}x")],
    ["a length that is none", head("content-length: 2abc\r\n", "{}")],
    ["a negative length", head("content-length: -1\r\n")],
    ["an unknown coding of the transfer", head("transfer-encoding: xchunked\r\n", "{}")],
    ["a chunk of no size", head("transfer-encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")],
    ["a folded header", head("x-a: 1\r\n  content-length: 2\r\n", "{}")],
    ["a space before the colon", head("content-length : 2\r\n", "{}")],
    ["a bare line feed", `POST /c/${KEY} HTTP/1.1\nHost: x\n\n`],
    ["a nought in a header", head("x-a: \0\r\n")],
    ["no host", `POST /c/${KEY} HTTP/1.1\r\ncontent-length: 0\r\n\r\n`],
    ["another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["no HTTP at all", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n"],
    ["an unknown method", `FETCH /c/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])("with %s are refused with 400", async (_name, text) => {
    const rig = await setUp();
    const socket = await rig.connect();
    const answer = readToEnd(socket);
    socket.end(text, "latin1");
    expect(await answer).toMatch(/^HTTP\/1.1 400 /);
    expect(rig.totals()).toEqual({ bad_http: 1 });
    expect(rig.beacons).toEqual([]);
  });

  it("with a head without end are refused with 431", async () => {
    const rig = await setUp();
    const socket = await rig.connect();
    const answer = readToEnd(socket);
    socket.write(`POST /c/${KEY} HTTP/1.1\r\nHost: x\r\nx-a: ${"a".repeat(20_000)}\r\n\r\n`);
    expect(await answer).toMatch(/^HTTP\/1.1 431 /);
    expect(rig.totals()).toEqual({ head_too_large: 1 });
  });

  it("that want a tunnel or another protocol are refused with 405", async () => {
    const rig = await setUp();
    for (const text of [
      "CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
      `GET /c/${KEY} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ]) {
      const socket = await rig.connect();
      const answer = readToEnd(socket);
      socket.write(text);
      expect(await answer).toMatch(/^HTTP\/1.1 405 /);
    }
    expect(rig.totals()).toEqual({ wrong_method: 2 });
  });

  it("are asked for the body only where it will be read", async () => {
    const rig = await setUp();
    const expecting = { ...page, expect: "100-continue" };
    expect((await rig.send({ headers: expecting })).status).toBe(204);
    expect(await rig.send({ headers: { ...expecting, expect: "200-ok" } })).toMatchObject({
      status: 400,
      reason: "bad_http",
    });
    const socket = await rig.connect();
    const answer = readToEnd(socket);
    socket.end(
      `POST /c/unknown-key-1 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\ncontent-length: 9\r\n\r\n`,
    );
    expect(await answer).toMatch(/^HTTP\/1.1 403 /);
  });

  it("serve the next request after one that was refused with its body unread", async () => {
    const rig = await setUp();
    const socket = await rig.connect();
    const answer = readToEnd(socket);
    const refused = `POST /c/unknown-key-1 HTTP/1.1\r\nHost: x\r\ncontent-length: 100000\r\n\r\n${"x".repeat(100_000)}`;
    socket.end(`${refused}${head("content-length: 2\r\nconnection: close\r\n", "{}")}`);
    expect((await answer).match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 403", "HTTP/1.1 204"]);
  });

  it("with rubbish behind a beacon get its answer, and end", async () => {
    const rig = await setUp();
    const socket = await rig.connect();
    const answer = readToEnd(socket);
    socket.write(`${head("content-length: 2\r\n", "{}")}GET http://other.example/ FOO\r\n\r\n`);
    expect((await answer).match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 204"]);
    expect(rig.totals()).toEqual({ accepted: 1, bad_http: 1 });
  });

  it("beyond the limit are not taken, and counted", async () => {
    const rig = await setUp({ limits: { maxConnections: 2 } });
    const sockets = [await rig.connect(), await rig.connect(), await rig.connect()];
    await expect.poll(() => rig.totals()).toEqual({ too_many_connections: 1 });
    for (const socket of sockets) socket.destroy();
  });
});

describe("the table of outcomes", () => {
  it("has a sentence and a status of HTTP for each", () => {
    for (const name of OUTCOME_NAMES) {
      const { status, text } = OUTCOMES[name];
      expect(text).toMatch(/^[A-Z].*\.$/);
      if (status !== undefined) expect(status).toBeGreaterThanOrEqual(200);
    }
  });
});

function head(more: string, body = ""): string {
  return `POST /c/${KEY} HTTP/1.1\r\nHost: x\r\norigin: ${ORIGIN}\r\ncontent-type: text/plain\r\n${more}\r\n${body}`;
}
