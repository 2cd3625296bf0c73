import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Outcome } from "../../src/http/outcome.ts";
import { ORIGIN, type Sent } from "../support/door-rig.ts";
import { everywhere, faro, logLine, SCRIPT, TRAVERSAL, thrown } from "./payloads.ts";

/** Keys of the apps that are attacked. */
export const KEYS = {
  shop: "shop-key-1",
  admin: "admin-key-1",
  off: "off-key-111",
  rare: "rare-key-11",
  small: "small-key-1",
} as const;

/** In every text of a request that must not get through. */
export const REFUSED = "NEVER-STORED";
/** Ids of builds: one of the other app, one that no app has. */
export const DEBUG_IDS = {
  admin: "11111111-1111-4111-8111-111111111111",
  outside: "22222222-2222-4222-8222-222222222222",
} as const;

interface AttackBase {
  readonly name: string;
  readonly count: number;
  /** How each of them is to end, all that it counts as. */
  readonly ends: readonly Outcome[];
  /** One after the other, before all others: limits fill up again with time. */
  readonly isFirst?: true;
}

export type Attack = AttackBase &
  (
    | { readonly kind: "request"; request(n: number): Sent }
    /** Bytes of a connection; `closes`: its sender goes away behind them. */
    | { readonly kind: "bytes"; bytes(n: number): string | Buffer; readonly closes?: true }
  );

const page = { origin: ORIGIN, "content-type": "text/plain" };

/** Each from an address of its own, so that no limit hides another reason. */
function from(n: number): string {
  return `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
}

let address = 0;
function headers(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  address += 1;
  return { ...page, "x-forwarded-for": from(address), ...more };
}

function post(body: Sent["body"], more: Readonly<Record<string, string>> = {}): Sent {
  return { headers: headers(more), ...(body !== undefined && { body }) };
}

function head(more: string, path = `/c/${KEYS.shop}`): string {
  address += 1;
  return `POST ${path} HTTP/1.1\r\nHost: x\r\norigin: ${ORIGIN}\r\ncontent-type: text/plain\r\nx-forwarded-for: ${from(address)}\r\n${more}\r\n`;
}

const zeros = Buffer.alloc(40_000_000, `"${REFUSED} `);
const bombs = {
  gzip: gzipSync(zeros),
  br: brotliCompressSync(zeros),
  deflate: deflateSync(zeros),
  "x-gzip": gzipSync(Buffer.alloc(6_000_000, "[")),
} as const;
const bomb = (encoding: keyof typeof bombs): Attack => ({
  name: `bombs of ${encoding}`,
  count: 100,
  ends: ["inflated_too_large"],
  kind: "request",
  request: () => post(bombs[encoding], { "content-encoding": encoding }),
});

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

const WRONG_ORIGINS = [
  "https://evil.example",
  "http://shop.example",
  "https://shop.example.evil.example",
  "https://xshop.example",
  "https://shop.example:444",
  "https://shop.example/",
  "https://shop.example,https://evil.example",
  "https://shop.example https://evil.example",
  "HTTPS://SHOP.EXAMPLE",
  "null",
  "*",
  "undefined",
  "https://shop.example%00.evil.example",
  "file://",
  "a".repeat(4_000),
];

const PATHS = [
  `/c/${TRAVERSAL}`,
  "/c/..%2f..%2f..%2fetc%2fpasswd",
  `/c/${KEYS.shop}/../../desk`,
  `/c/${KEYS.shop}%2e`,
  "/c/%2e%2e/%2e%2e/secrets/user-secret",
  "/../../gateway.json",
  "/b.js/../../package.json",
  "/b.js%00",
  "/healthz/../c/x",
  "/c/__proto__",
  "/c/constructor/prototype",
  "/c//",
  "/c/\\..\\..\\windows",
  "/r/shop-key-1",
  "/desk",
  "/t/eyJhbGciOiJub25lIn0",
  "/hooks/alerts",
  "/metrics",
  "/.env",
  "/c/shop-key-1;jsessionid=1",
];

const DEEP = [
  (n: number) => "[".repeat(17 + n),
  (n: number) => `${"[".repeat(17 + n)}${"]".repeat(17 + n)}`,
  (n: number) => `${'{"a":'.repeat(17 + n)}1${"}".repeat(17 + n)}`,
  (n: number) => `${'[{"a":'.repeat(17 + n)}`,
  () => "[".repeat(1_000_000),
  () => `${'{"logs":['.repeat(50_000)}`,
];

const NOT_FARO = [
  "[]",
  "5",
  "null",
  '"text"',
  "true",
  "{}",
  '{"a":{"b":1}}',
  '{"meta":5}',
  "[[[]]]",
  '{"logs":{}}',
  '{"__proto__":{"logs":[]}}',
];

const NOT_JSON = [
  "",
  "{",
  "}",
  "[1,]",
  "{'a':1}",
  "NaN",
  '{"a":undefined}',
  "\u0000",
  "<xml/>",
  '{"a":1}}',
  "a=b&c=d",
  '"\\x"',
  '{"a" 1}',
  "\ufeff\ufeff{}",
];

const SMUGGLED = [
  `${head("content-length: 6\r\ntransfer-encoding: chunked\r\n")}0\r\n\r\nX`,
  `${head("transfer-encoding: chunked\r\ncontent-length: 6\r\n")}0\r\n\r\nX`,
  `${head("content-length: 5\r\ncontent-length: 6\r\n")}[1,2]`,
  `${head("transfer-encoding: chunked, identity\r\n")}0\r\n\r\n`,
  `${head("transfer-encoding: xchunked\r\n")}0\r\n\r\n`,
  `${head("transfer-encoding : chunked\r\n")}0\r\n\r\n`,
  `${head("transfer-encoding: chunked\r\n")}0x5\r\n[1,2]\r\n0\r\n\r\n`,
  `${head("transfer-encoding: chunked\r\n")}-1\r\n\r\n`,
  `${head("transfer-encoding: chunked\r\n")}ffffffffffffffffff\r\n[`,
  `${head("content-length: +5\r\n")}[1,2]`,
  `${head("content-length: 5,5\r\n")}[1,2]`,
  head("x: y\r\n content-length: 5\r\n"),
  head("x: \u0000\r\n"),
  head("x\u0000: y\r\n"),
  `POST /c/${KEYS.shop} HTTP/1.1\r\nHost: x\r\ncontent-length: 0\n\n`,
  `POST /c/${KEYS.shop} HTTP/9.9\r\nHost: x\r\n\r\n`,
  `POST /c/${KEYS.shop} HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n`,
  `POST\t/c/${KEYS.shop}\tHTTP/1.1\r\nHost: x\r\n\r\n`,
  `SMUGGLE /c/${KEYS.shop} HTTP/1.1\r\nHost: x\r\n\r\n`,
  "\u0016\u0003\u0001\u0000\u0001\u0001\r\n\r\n",
];

const METHODS = [
  "GET",
  "HEAD",
  "PUT",
  "PATCH",
  "DELETE",
  "TRACE",
  "PROPFIND",
  "MKCOL",
  "COPY",
  "LOCK",
  "SEARCH",
  "PURGE",
  "LINK",
  "REPORT",
  "OPTIONS",
];

const WRONG_TYPES = [
  "text/html",
  "application/xml",
  "multipart/form-data; boundary=x",
  "application/x-www-form-urlencoded",
  "application/octet-stream",
  "text/plainx",
  "json",
  SCRIPT.replaceAll(/[^\x20-\x7e]/g, ""),
];

const WRONG_ENCODINGS = [
  "gzip, gzip",
  "zstd",
  "compress",
  "br, gzip",
  "gzip;q=1",
  "constructor",
  "../gzip",
  "deflate-raw",
];

const CLOCKS = [
  "1970-01-01T00:00:00.000Z",
  "1999-12-31T23:59:59.999Z",
  "2099-01-01T00:00:00.000Z",
  "9999-12-31T23:59:59.999Z",
  "+275760-09-13T00:00:00.000Z",
  "-000001-01-01T00:00:00Z",
  "0000-00-00T00:00:00Z",
  "not a time",
  "",
  "1e308",
  "NaN",
];
const SENT_AT = ["0", "1", "999999999999999", "4102444800000", "-1", "1e400", "NaN", "%00", ""];

const replayed = logLine("replayed", new Date().toISOString());

/** Ten thousand requests that mean no good. */
export const ATTACKS: readonly Attack[] = [
  {
    name: "one address that does not stop: the first",
    count: 1,
    ends: ["accepted"],
    isFirst: true,
    kind: "request",
    request: () => ({
      path: `/c/${KEYS.rare}`,
      headers: { ...page, "x-forwarded-for": "203.0.113.9" },
      body: logLine("rare"),
    }),
  },
  {
    name: "one address that does not stop",
    count: 299,
    ends: ["address_limit"],
    isFirst: true,
    kind: "request",
    request: (n) => ({
      path: `/c/${KEYS.rare}`,
      // What it writes itself before the proxy's own entry gives it no other name.
      headers: { ...page, "x-forwarded-for": `${from(n)}, 203.0.113.9` },
      body: logLine(REFUSED),
    }),
  },
  {
    name: "one network of IPv6 with a new address each time",
    count: 100,
    ends: ["address_limit"],
    isFirst: true,
    kind: "request",
    request: (n) => ({
      path: `/c/${KEYS.rare}`,
      headers: { ...page, "x-forwarded-for": `2001:db8:0:1:${n.toString(16)}::1` },
      body: logLine(REFUSED),
    }),
  },
  {
    name: "many addresses that use up an app's bytes: the first",
    count: 1,
    ends: ["malformed"],
    isFirst: true,
    kind: "request",
    request: () => ({ ...post(`"${"x".repeat(5_000)}"`), path: `/c/${KEYS.small}` }),
  },
  {
    name: "many addresses that use up an app's bytes",
    count: 199,
    ends: ["key_limit"],
    isFirst: true,
    kind: "request",
    request: () => ({ ...post(logLine(REFUSED)), path: `/c/${KEYS.small}` }),
  },
  bomb("gzip"),
  bomb("br"),
  bomb("deflate"),
  bomb("x-gzip"),
  {
    name: "forged keys",
    count: 2_600,
    ends: ["unknown_key"],
    kind: "request",
    request: (n) => ({
      ...post(logLine(REFUSED)),
      path: `/c/forged-key-${n}-${(n * 2_654_435_761) % 4_294_967_296}`,
    }),
  },
  {
    name: "keys of other apps, case and spelling changed",
    count: 100,
    ends: ["unknown_key"],
    kind: "request",
    request: (n) => ({
      ...post(logLine(REFUSED)),
      path: `/c/${pick(["SHOP-KEY-1", "shop-key-11", "shop_key_1", "hop-key-1", "__proto__", "constructor", "hasOwnProperty"], n)}`,
    }),
  },
  {
    name: "pages of other origins",
    count: 900,
    ends: ["wrong_origin"],
    kind: "request",
    request: (n) => post(logLine(REFUSED), { origin: pick(WRONG_ORIGINS, n) }),
  },
  {
    name: "preflights of other origins",
    count: 150,
    ends: ["wrong_origin"],
    kind: "request",
    request: (n) => ({
      method: "OPTIONS",
      body: "",
      headers: headers({ origin: pick(WRONG_ORIGINS, n), "access-control-request-method": "POST" }),
    }),
  },
  {
    name: "preflights for other methods",
    count: 50,
    ends: ["wrong_method"],
    kind: "request",
    request: (n) => ({
      method: "OPTIONS",
      body: "",
      headers: headers({
        "access-control-request-method": pick(["PUT", "DELETE", "PATCH", "post", ""], n),
      }),
    }),
  },
  {
    name: "programs without an origin",
    count: 300,
    ends: ["no_origin"],
    kind: "request",
    request: () => ({ headers: { "content-type": "application/json" }, body: logLine(REFUSED) }),
  },
  {
    name: "paths that lead elsewhere",
    count: 500,
    ends: ["not_found"],
    kind: "request",
    request: (n) => ({
      ...post(logLine(REFUSED)),
      path: pick(
        PATHS.filter((path) => path !== "/c/__proto__"),
        n,
      ),
    }),
  },
  {
    name: "odd methods",
    count: 300,
    ends: ["wrong_method"],
    kind: "request",
    request: (n) => ({ method: pick(METHODS, n), body: "", headers: headers() }),
  },
  {
    name: "tunnels and other protocols",
    count: 50,
    ends: ["wrong_method"],
    kind: "bytes",
    bytes: (n) =>
      pick(
        [
          "CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
          `GET /c/${KEYS.shop} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n`,
        ],
        n,
      ),
  },
  {
    name: "deep nesting",
    count: 500,
    ends: ["too_deep"],
    kind: "request",
    request: (n) => post(pick(DEEP, n)(n)),
  },
  {
    name: "too many keys and values",
    count: 60,
    ends: ["too_many_values"],
    kind: "request",
    request: (n) =>
      post(
        n % 2
          ? `[${"0,".repeat(200_000)}0]`
          : `{${Array.from({ length: 55_000 }, (_, key) => `"k${key}":1`).join()}}`,
      ),
  },
  {
    name: "10,000 keys and none of Faro's",
    count: 40,
    ends: ["malformed"],
    kind: "request",
    request: () =>
      post(`{${Array.from({ length: 10_000 }, (_, key) => `"${REFUSED}${key}":{}`).join()}}`),
  },
  {
    name: "JSON that is not Faro's",
    count: 400,
    ends: ["malformed"],
    kind: "request",
    request: (n) => post(pick(NOT_FARO, n)),
  },
  {
    name: "what is no JSON",
    count: 400,
    ends: ["bad_json"],
    kind: "request",
    request: (n) => post(pick(NOT_JSON, n)),
  },
  {
    name: "bytes that are no UTF-8",
    count: 100,
    ends: ["bad_json"],
    kind: "request",
    request: (n) =>
      post(
        Buffer.concat([
          Buffer.from('{"logs":[{"message":"'),
          Buffer.from([0xc0 + (n % 64), 0x20]),
          Buffer.from('"}]}'),
        ]),
      ),
  },
  {
    name: "other types",
    count: 200,
    ends: ["wrong_type"],
    kind: "request",
    request: (n) => post(logLine(REFUSED), { "content-type": pick(WRONG_TYPES, n) }),
  },
  {
    name: "other encodings",
    count: 200,
    ends: ["wrong_encoding"],
    kind: "request",
    request: (n) => post(logLine(REFUSED), { "content-encoding": pick(WRONG_ENCODINGS, n) }),
  },
  {
    name: "broken compression",
    count: 200,
    ends: ["bad_compression"],
    kind: "request",
    request: (n) =>
      post(
        pick(
          [
            gzipSync(logLine(REFUSED)).subarray(0, 40),
            Buffer.from("\u001f\u008b\u0008rubbish", "latin1"),
            Buffer.from(logLine(REFUSED)),
          ],
          n,
        ),
        { "content-encoding": pick(["gzip", "deflate", "br"], n) },
      ),
  },
  {
    name: "bodies larger than the limit, as they say",
    count: 100,
    ends: ["body_too_large"],
    kind: "bytes",
    closes: true,
    bytes: (n) =>
      `${head(`content-length: ${pick([1_048_577, 10_000_000_000, 9_007_199_254_740_991], n)}\r\n`)}{"logs":[`,
  },
  {
    name: "bodies larger than the limit, in chunks",
    count: 40,
    ends: ["body_too_large"],
    kind: "request",
    request: () => post(Buffer.alloc(1_200_000, REFUSED), { "transfer-encoding": "chunked" }),
  },
  {
    name: "bodies longer than they say",
    count: 100,
    ends: ["malformed", "bad_http"],
    kind: "bytes",
    bytes: () => `${head("content-length: 2\r\n")}{}${logLine(REFUSED)}\r\n\r\n`,
  },
  {
    name: "bodies shorter than they say",
    count: 200,
    ends: ["aborted"],
    kind: "bytes",
    closes: true,
    bytes: () => `${head("content-length: 5000\r\n")}${logLine(REFUSED)}`,
  },
  {
    name: "smuggled requests",
    count: 400,
    ends: ["bad_http"],
    kind: "bytes",
    bytes: (n) => pick(SMUGGLED, n),
  },
  {
    name: "heads without end",
    count: 100,
    ends: ["head_too_large"],
    kind: "bytes",
    bytes: (n) => `${head(`x-${n}: ${"a".repeat(17_000)}\r\n`)}`,
  },
  {
    name: "heads that come too slowly",
    count: 40,
    ends: ["timed_out"],
    kind: "bytes",
    bytes: () => head("content-length: 5\r\n").slice(0, -2),
  },
  {
    name: "bodies that come too slowly",
    count: 20,
    ends: ["timed_out"],
    kind: "bytes",
    bytes: () => `${head("content-length: 500\r\n")}{"a":`,
  },
  {
    name: "an app that is switched off",
    count: 100,
    ends: ["disabled"],
    kind: "request",
    request: () => ({ ...post(logLine(REFUSED)), path: `/c/${KEYS.off}` }),
  },
  {
    name: "the same beacon again and again",
    count: 200,
    ends: ["accepted"],
    kind: "request",
    request: () => post(replayed),
  },
  {
    name: "scripts in every text",
    count: 100,
    ends: ["accepted"],
    kind: "request",
    request: () => post(everywhere(SCRIPT)),
  },
  {
    name: "paths in every name",
    count: 100,
    ends: ["accepted"],
    kind: "request",
    request: (n) => post(everywhere(n % 2 ? TRAVERSAL : "..\\..\\windows\\system32")),
  },
  {
    name: "names of prototypes in every name",
    count: 100,
    ends: ["accepted"],
    kind: "request",
    request: (n) => post(everywhere(pick(["__proto__", "constructor", "toString"], n))),
  },
  {
    name: "endless texts",
    count: 20,
    ends: ["accepted"],
    kind: "request",
    request: () => post(everywhere("x".repeat(8_000))),
  },
  {
    name: "debug ids of another app",
    count: 50,
    ends: ["accepted"],
    kind: "request",
    request: () => post(thrown("of another app", DEBUG_IDS.admin)),
  },
  {
    name: "debug ids that are paths",
    count: 50,
    ends: ["accepted"],
    kind: "request",
    request: (n) =>
      post(
        thrown(
          "a path",
          pick(
            [
              `../${DEBUG_IDS.outside}`,
              `../admin-web/${DEBUG_IDS.admin}`,
              `${DEBUG_IDS.outside}/../${DEBUG_IDS.outside}`,
              "/etc/passwd",
            ],
            n,
          ),
        ),
      ),
  },
  {
    name: "clocks years off",
    count: 200,
    ends: ["accepted"],
    kind: "request",
    request: (n) => ({
      ...post(logLine("a clock", pick(CLOCKS, n))),
      path: `/c/${KEYS.shop}?t=${pick(SENT_AT, n)}`,
    }),
  },
  {
    name: "attributes of resources that would be another service",
    count: 30,
    ends: ["accepted"],
    kind: "request",
    request: () =>
      post(
        faro({
          logs: [
            {
              message: "a resource",
              level: "info",
              timestamp: new Date().toISOString(),
              context: {
                "service.name": "billing",
                service_name: "billing",
                kind: "crash",
                "host.name": "evil",
                tenant: "evil",
              },
            },
          ],
        }),
        { "x-scope-orgid": "evil" },
      ),
  },
];
