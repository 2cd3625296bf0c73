import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { createRandom } from "../random.ts";

const redactor = createRedactor();

// Made up, and joined at run time so that scanners of repositories do not take them for real ones.
const secret = (...parts: string[]): string => parts.join("");
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlMTIz";
const SECRETS: [kind: string, text: string, category: string][] = [
  ["JSON Web Token", JWT, "jwt"],
  ["bearer token", "Bearer 0123456789abcdef", "authorization"],
  ["AWS key", secret("AKIA", "IOSFODNN7EXAMPLE"), "access_token"],
  ["GitHub token", secret("ghp_", "a1".repeat(18)), "access_token"],
  ["GitHub fine-grained token", secret("github_pat_", "a1".repeat(20)), "access_token"],
  ["GitLab token", secret("glpat-", "a1".repeat(10)), "access_token"],
  ["Slack token", secret("xoxb-", "123456789012-abcdef"), "access_token"],
  ["Stripe key", secret("sk_live_", "a1".repeat(12)), "access_token"],
  ["Google key", secret("AIza", "a1b".repeat(11), "xy"), "access_token"],
  ["npm token", secret("npm_", "a1".repeat(18)), "access_token"],
  ["Telegram bot token", secret("123456789:AA", "b".repeat(33)), "access_token"],
  ["card number", "4111111111111111", "credit_card"],
  ["card number in groups", "3782-822463-10005", "credit_card"],
  ["e-mail address", "max.mustermann+x@mail.example.co.uk", "email"],
  ["e-mail address with umlaut", "jürgen@bücher.example", "email"],
  [
    "private key",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----",
    "private_key",
  ],
];

describe("text", () => {
  it.each(SECRETS)("masks a %s wherever it stands and counts it", (_kind, text, category) => {
    for (const line of [text, `before ${text} after`, `value="${text}" x`, `(${text})`]) {
      const fresh = createRedactor();
      const masked = fresh.text(line);
      expect(masked).toContain(`[redacted:${category}]`);
      expect(masked).not.toContain(text.slice(-12));
      expect(fresh.counts()[category as "jwt"]).toBeGreaterThan(0);
    }
  });

  it.each([
    ["password=hunter2 user=bob", "password=[redacted:key] user=bob"],
    ['{"password":"x\\"y","author":"bob"}', '{"password":"[redacted:key]","author":"bob"}'],
    ["{ apiKey: 'abc', n: 1 }", "{ apiKey: '[redacted:key]', n: 1 }"],
    ['msg="login with password=hunter2"', 'msg="login with password=[redacted:key]"'],
    ['body="{\\"password\\":\\"hunter2\\"}"', 'body="{\\"password\\":\\"[redacted:key]\\"}"'],
    ["DB_PASS=hunter2;PORT=1", "DB_PASS=[redacted:key];PORT=1"],
    ["run --token=abc123 --port=80", "run --token=[redacted:key] --port=80"],
    ["java -Ddb.password=hunter2 -jar x", "java -Ddb.password=[redacted:key] -jar x"],
    ["npm_config__authToken=abc123", "npm_config__authToken=[redacted:key]"],
    ["_password=hunter2 .secret: abc", "_password=[redacted:key] .secret: [redacted:key]"],
    ["2fa_token=abc123", "2fa_token=[redacted:key]"],
    ['{"passwords":["abc","def"],"n":1}', '{"passwords":["[redacted:key]"],"n":1}'],
    ['{"password":{"value":"abc"}}', '{"password":"[redacted:key]"}'],
    ["{ password: [ 'abc', 'def' ], n: 1 }", "{ password: ['[redacted:key]'], n: 1 }"],
    ['"{\\"passwords\\":[\\"abc\\"]}"', '"{\\"passwords\\":[\\"[redacted:key]\\"]}"'],
    ["login(password=(abc))", "login(password=[redacted:key])"],
    ["password := abc, token:: abc", "password := [redacted:key], token:: [redacted:key]"],
    ["GET /reset?token=abc123&page=2 200", "GET /reset?token=[redacted:key]&page=2 200"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: [redacted:authorization]"],
    ["Cookie: sid=abc; theme=dark", "Cookie: [redacted:cookie]"],
    ["Set-Cookie: sid=abc; Path=/; HttpOnly", "Set-Cookie: [redacted:cookie]"],
    ["postgres://app:p@ss:w@db:5432/x", "postgres://[redacted:url_credentials]@db:5432/x"],
    ["redis://:p#ss?@cache:6379", "redis://[redacted:url_credentials]@cache:6379"],
    ["GET https://x.example/a?id=1#top done", "GET https://x.example/a done"],
    ["at f (https://x.example/a.js?v=1:2:3)", "at f (https://x.example/a.js:2:3)"],
  ])("writes %j as %j", (line, expected) => {
    expect(redactor.text(line)).toBe(expected);
  });

  it.each([
    "the author wrote 5 tokens",
    "Bearer authentication is required",
    "Basic authentication needed",
    "Unexpected token } in JSON at position 4",
    "token: null, password: undefined",
    "password: [], token: {}",
    "lodash@4.17.21 and @scope/name",
    "order 4111111111111112 has a wrong check digit",
    "trace 0af7651916cd43dd8448eb211c80319c at 1700000000000000000",
    "3f2a1b9c-4d5e-6f70-8192-a3b4c5d6e7f8",
    "at total (/app/src/cart.js:10:5)",
    "10.0.0.1:5432 ECONNREFUSED",
    "key=value sort=asc monkey=1",
  ])("leaves %j as it is", (line) => {
    expect(redactor.text(line)).toBe(line);
  });

  it("does not mask twice what is masked", () => {
    for (const [, text] of SECRETS) {
      const once = redactor.text(`password=hunter2 ${text} https://u:p@x.example/?a=b Cookie: c`);
      expect(redactor.text(once)).toBe(once);
    }
  });

  it("cuts a long text at a word, says how much is gone, and leaves no half of a secret", () => {
    const short = createRedactor({ maxTextLength: 60 });
    const masked = short.text(`${"word ".repeat(10)}${JWT}`);
    expect(masked).toMatch(/^(?:word ){9}word \[\d+ characters cut\]$/);
    expect(masked).not.toContain("eyJ");
  });

  it("handles ten hostile texts of 200,000 characters without giving up", () => {
    for (const unit of [
      "a",
      "eyJ",
      "eyJ-",
      "a@",
      "@a.",
      "4 ",
      "://",
      "password=",
      "Bearer ",
      "-----BEGIN PRIVATE KEY-----",
      '"\\',
      "cookie",
    ]) {
      const fresh = createRedactor({ maxTextLength: 200_000 });
      fresh.text(unit.repeat(Math.ceil(200_000 / unit.length)));
      expect(fresh.counts().failed).toBe(0);
    }
  });
});

describe("url", () => {
  it.each([
    ["https://u:p@x.example/a/b?c=d&token=e#f", "https://[redacted:url_credentials]@x.example/a/b"],
    ["/orders/17?email=a%40b.example", "/orders/17"],
    ["/users/bob@mail.example/edit", "/users/[redacted:email]/edit"],
    ["/plain", "/plain"],
    ["", ""],
    ["?", ""],
  ])("writes %j as %j", (url, expected) => {
    expect(redactor.url(url)).toBe(expected);
  });

  it("keeps the parameters that are allowed by name", () => {
    const some = createRedactor({ allowUrlParameters: ["page"] });
    expect(some.url("/a?page=2&q=name#x")).toBe("/a?page=2");
    expect(some.text("GET https://x.example/a?q=name&page=2 ok")).toBe(
      "GET https://x.example/a?page=2 ok",
    );
  });

  it("keeps a whole query where it is asked to, but never a secret in it", () => {
    const all = createRedactor({ keepUrlQuery: true });
    expect(all.url("/a?page=2&access_token=x#part")).toBe(
      "/a?page=2&access_token=[redacted:url_query]#part",
    );
    expect(all.url("/cb#access_token=abcdef")).toBe("/cb");
  });
});

describe("value", () => {
  it("masks by key at any depth, in maps and in errors, and leaves the input alone", () => {
    const input = {
      user: { name: "bob", password: "x", tokens: 3 },
      list: [{ apiKey: 12345 }],
      map: new Map([["secret", "x"]]),
      missing: { password: null, token: false },
    };
    const before = structuredClone(input);
    expect(redactor.value(input)).toEqual({
      user: { name: "bob", password: "[redacted:key]", tokens: 3 },
      list: [{ apiKey: "[redacted:key]" }],
      map: { secret: "[redacted:key]" },
      missing: { password: null, token: false },
    });
    expect(input).toEqual(before);
  });

  it("reads errors whole, with cause, and masks their text", () => {
    const error = new Error("login of bob@mail.example failed", { cause: new TypeError("inner") });
    const masked = redactor.value(Object.assign(error, { code: "E_LOGIN" })) as Record<
      string,
      unknown
    >;
    expect(masked).toMatchObject({
      name: "Error",
      message: "login of [redacted:email] failed",
      code: "E_LOGIN",
      cause: { name: "TypeError", message: "inner" },
    });
    expect(masked["stack"]).not.toContain("bob@");
  });

  it("survives what people really log", () => {
    const circular: Record<string, unknown> = { name: "a" };
    circular["self"] = circular;
    const thrower = Object.defineProperty({ ok: 1 }, "bad", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    const hostileProxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
        get: () => {
          throw new Error("no");
        },
      },
    );
    expect(redactor.value(circular)).toEqual({ name: "a", self: "[circular]" });
    expect(redactor.value(thrower)).toEqual({ ok: 1, bad: "[redacted:failed]" });
    expect(redactor.value(hostileProxy)).toBe("[redacted:failed]");
    expect(
      redactor.value({
        toJSON: () => {
          throw new Error("no");
        },
      }),
    ).toBe("[redacted:failed]");
    expect(
      redactor.value({
        big: 10n,
        nan: Number.NaN,
        when: new Date(0),
        fn: () => 1,
        sym: Symbol("s"),
      }),
    ).toEqual({
      big: "10",
      nan: "NaN",
      when: "1970-01-01T00:00:00.000Z",
      fn: "[function]",
      sym: "Symbol(s)",
    });
    expect(
      redactor.value({
        buffer: new Uint8Array(12),
        url: new URL("https://u:p@x.example/a?b=c"),
        set: new Set([1]),
      }),
    ).toEqual({
      buffer: "[binary 12 bytes]",
      url: "https://[redacted:url_credentials]@x.example/a",
      set: [1],
    });
    expect(redactor.value(undefined)).toBeUndefined();
    expect(redactor.value(null)).toBeNull();
  });

  it("keeps a field called __proto__ a field", () => {
    const masked = redactor.value(JSON.parse('{"__proto__":{"admin":true},"a":1}')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(masked)).toEqual(["__proto__", "a"]);
    expect(masked["admin"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  it("bounds depth, breadth and size, and says what it left out", () => {
    const small = createRedactor({ maxDepth: 2, maxEntries: 3, maxNodes: 50 });
    expect(small.value({ a: { b: { c: 1 } }, l: [[[1]]] })).toEqual({
      a: { b: "[object too deep]" },
      l: ["[array too deep]"],
    });
    expect(small.value([1, 2, 3, 4, 5])).toEqual([1, 2, 3, "[2 more]"]);
    expect(small.value({ a: 1, b: 2, c: 3, d: 4 })).toEqual({ a: 1, b: 2, c: 3, "…": "[1 more]" });

    let deep: unknown = "end";
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(JSON.stringify(redactor.value(deep))).toContain("too deep");

    let shared: unknown = { leaf: 1 };
    for (let level = 0; level < 7; level += 1) shared = Array.from({ length: 100 }, () => shared);
    expect(JSON.stringify(redactor.value(shared)).length).toBeLessThan(2_000_000);
  });

  it("returns something JSON takes, and no planted secret, for any random value", () => {
    const random = createRandom(23);
    const leaves = [
      1,
      2n,
      "hunter2-secret",
      null,
      undefined,
      new Date(0),
      JWT,
      () => 0,
      Number.NaN,
    ];
    const make = (depth: number): unknown => {
      if (depth === 0 || random.integer(3) === 0) return random.pick(leaves);
      if (random.integer(2) === 0)
        return Array.from({ length: random.integer(4) }, () => make(depth - 1));
      const keys = ["a", "__proto__", "constructor", "toJSON", "b c", ""];
      const entries = Array.from({ length: random.integer(4) }, (): [string, unknown] => [
        random.pick(keys),
        make(depth - 1),
      ]);
      return { ...Object.fromEntries(entries), password: "hunter2-planted" };
    };
    for (let round = 0; round < 500; round += 1) {
      const json = JSON.stringify(redactor.value(make(6))) ?? "";
      expect(json).not.toContain("planted");
      expect(json).not.toContain("eyJ");
    }
  });
});

describe("attributes", () => {
  it("keeps scalars, turns the rest into text, drops what is absent and cleans URLs", () => {
    expect(
      redactor.attributes({
        n: 1,
        ok: true,
        none: undefined,
        nothing: null,
        order: { id: 7, token: "x" },
        "user.password": "x",
        "url.full": "https://x.example/a?b=c",
        "http.target": "/a?b=c",
        "url.query": "b=c",
      }),
    ).toEqual({
      n: 1,
      ok: true,
      order: '{"id":7,"token":"[redacted:key]"}',
      "user.password": "[redacted:key]",
      "url.full": "https://x.example/a",
      "http.target": "/a",
      "url.query": "",
    });
  });

  it("says how many attributes it left out", () => {
    const many = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`k${index}`, index]),
    );
    expect(redactor.attributes(many)["…"]).toBe("[50 more]");
  });

  it("gives nothing for an object that cannot be read", () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    );
    expect(redactor.attributes(hostile)).toEqual({});
  });
});

describe("options", () => {
  it("lets a category through, and masks patterns of one's own", () => {
    const own = createRedactor({ allowCategories: ["email"], denyPatterns: [/KD-\d{6}/] });
    expect(own.text("bob@mail.example KD-123456 KD-654321")).toBe(
      "bob@mail.example [redacted:custom] [redacted:custom]",
    );
  });

  it("falls back to the default where a limit makes no sense", () => {
    const odd = createRedactor({ maxDepth: -1, maxEntries: Number.NaN, maxTextLength: 0 });
    expect(odd.value({ a: { b: "text" } })).toEqual({ a: { b: "text" } });
  });

  it("counts apart from other redactors and hands out a copy", () => {
    const one = createRedactor();
    const before = one.counts();
    one.text("bob@mail.example");
    expect(before.email).toBe(0);
    expect(one.counts().email).toBe(1);
    expect(createRedactor().counts().email).toBe(0);
  });
});
