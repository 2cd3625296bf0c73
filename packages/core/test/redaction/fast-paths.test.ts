/** What is fast must give what is slow gave: the walk over values, the look at texts, the caches. */
import { describe, expect, it } from "vitest";
import { redactKeyValues } from "../../src/redaction/key-value.ts";
import { REDACTION_PATTERNS } from "../../src/redaction/patterns.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";
import { createSecretKeyTest } from "../../src/redaction/secret-key.ts";
import { TRAIT, traitsOf } from "../../src/redaction/text-traits.ts";
import { createRandom, type RandomSource } from "../random.ts";
import { redactValue as referenceRedactValue } from "./reference-walk.ts";

const LIMITS = { maxDepth: 4, maxEntries: 12, maxNodes: 120 };

/** The walk of before, over the texts and keys of now. */
function referenceValue(value: unknown): { masked: unknown; counts: Record<string, number> } {
  const redactor = createRedactor();
  const walked: Record<string, number> = {};
  const masked = referenceRedactValue(value, {
    limits: LIMITS,
    isSecretKey: createSecretKeyTest([], []),
    text: redactor.text,
    count: (category) => {
      walked[category] = (walked[category] ?? 0) + 1;
    },
  });
  const counts: Record<string, number> = { ...redactor.counts() };
  for (const [category, n] of Object.entries(walked))
    counts[category] = (counts[category] ?? 0) + n;
  return { masked, counts };
}

function expectSame(make: () => unknown): void {
  const redactor = createRedactor(LIMITS);
  // Twice: the second time finds the keys in the cache.
  redactor.value(make());
  const before = redactor.counts();
  const masked = redactor.value(make());
  const reference = referenceValue(make());
  expect(masked).toStrictEqual(reference.masked);
  for (const [category, n] of Object.entries(redactor.counts())) {
    expect(n - before[category as "key"], category).toBe(reference.counts[category]);
  }
}

class Order {
  id = 7;
  #hidden = "x";
  get total(): string {
    return this.#hidden;
  }
}

const HOSTILE: [name: string, make: () => unknown][] = [
  [
    "a getter that throws",
    () => ({
      a: 1,
      get b() {
        throw new Error("no");
      },
      c: "x",
    }),
  ],
  [
    "a secret getter that throws",
    () => ({
      get password() {
        throw new Error("no");
      },
    }),
  ],
  ["a proxy that throws at everything", () => new Proxy({}, throwingHandler())],
  ["such a proxy as a field", () => ({ a: 1, inner: new Proxy({}, throwingHandler()) })],
  ["a proxy that reads well", () => new Proxy({ a: 1, token: "t" }, {})],
  ["a revoked proxy", () => ({ a: revokedProxy() })],
  ["symbols", () => ({ [Symbol("key")]: 1, value: Symbol("password=hunter2") })],
  ["__proto__ as a field", () => JSON.parse('{"__proto__":{"token":"x"},"a":1}')],
  ["an object without a prototype", () => Object.assign(Object.create(null), { a: 1, b: "c" })],
  [
    "a field that is inherited",
    () => Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }),
  ],
  ["a cycle", cycle],
  [
    "one part twice",
    () => {
      const part = { a: 1 };
      return { x: part, y: part };
    },
  ],
  ["an instance of a class", () => ({ order: new Order(), when: new Date(0) })],
  [
    "a toJSON that throws",
    () => ({
      a: {
        toJSON() {
          throw new Error("no");
        },
      },
    }),
  ],
  [
    "a toJSON that gives itself",
    () => {
      const self = { toJSON: () => self };
      return self;
    },
  ],
  [
    "secrets under keys",
    () => ({ password: "x", apiKey: 12, token: null, secret: true, cookie: undefined }),
  ],
  ["a key with a secret in it", () => ({ "bob@mail.example": 1, "password=hunter2": 2 })],
  ["numbers that JSON does not have", () => [Number.NaN, Infinity, -0, 10n, 2 ** 60]],
  ["functions", () => ({ f: () => 1, g: Order })],
  [
    "binary",
    () => ({ a: new Uint8Array(5), b: new ArrayBuffer(7), c: new DataView(new ArrayBuffer(3)) }),
  ],
  [
    "maps and sets",
    () => ({
      m: new Map<unknown, unknown>([
        ["token", "x"],
        [{}, 1],
        [3, "y"],
      ]),
      s: new Set([1, "a@b.example"]),
    }),
  ],
  ["a map with a key that is no text", () => new Map([[Object.create(null), 1]])],
  [
    "too many entries",
    () => Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`k${n}`, n])),
  ],
  ["a long list", () => Array.from({ length: 40 }, (_, n) => n)],
  ["a list with holes", () => Object.assign(new Array(3), { 1: "x" })],
  ["too deep", () => ({ a: { b: { c: { d: { e: 1 } } } }, l: [[[[[1]]]]] })],
  [
    "more values than one walk visits",
    () => Array.from({ length: 12 }, () => ({ a: [1, 2, 3, 4, 5, 6, 7, 8, 9] })),
  ],
  [
    "an error with a cause",
    () => {
      const e = new Error("token=abc", { cause: new TypeError("x") });
      e.stack = "Error: s";
      (e.cause as Error).stack = "t";
      return Object.assign(e, { code: "E1" });
    },
  ],
  [
    "regular expressions and URLs",
    () => ({ r: /a@b\.example/, u: new URL("https://u:p@x.example/?q=1") }),
  ],
  ["no object at all", () => "password=hunter2"],
];

function throwingHandler(): ProxyHandler<object> {
  const fail = (): never => {
    throw new Error("no");
  };
  return {
    get: fail,
    ownKeys: fail,
    has: fail,
    getPrototypeOf: fail,
    getOwnPropertyDescriptor: fail,
  };
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function cycle(): object {
  const value: Record<string, unknown> = { a: 1, list: [] };
  value["self"] = value;
  (value["list"] as unknown[]).push(value, { up: value });
  return value;
}

describe("value", () => {
  it.each(HOSTILE)("gives what the slow walk gives: %s", (_name, make) => expectSame(make));

  it("gives what the slow walk gives over 2,000 made-up values", () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      expectSame(() => makeValue(createRandom(seed), 0));
    }
  });

  it("stops at the characters of all texts, and says so", () => {
    const redactor = createRedactor({ maxValueLength: 1_000, maxValueTextLength: 400 });
    const masked = redactor.value(Array.from({ length: 9 }, () => "word ".repeat(1_000)));
    const texts = masked as string[];
    expect(texts[0]).toMatch(/^(?:word ){79}word \[\d+ characters cut\]$/);
    expect(texts.filter((text) => text === "[too much text]").length).toBeGreaterThan(4);
  });

  it("still counts and masks a secret key after 10,000 other keys went through the cache", () => {
    const redactor = createRedactor();
    for (let n = 0; n < 10_000; n += 1) redactor.value({ [`key${n}`]: n });
    expect(redactor.value({ password: "x", key1: 2 })).toEqual({
      password: "[redacted:key]",
      key1: 2,
    });
  });
});

describe("text", () => {
  /** Parts of secrets, and what stands around them; joined at random they are nearly secrets. */
  const PARTS = [
    "a",
    "B7",
    " ",
    "\n",
    "@",
    "x.example",
    "mail",
    ":",
    "=",
    "://",
    "https",
    "?q=1",
    "#f",
    "-----",
    "BEGIN PRIVATE KEY",
    "END PRIVATE KEY",
    "Cookie",
    "cookie: ",
    "Authorization",
    "Bearer ",
    "bearer\t",
    "abcdefgh1",
    "eyJhbGciOi",
    ".",
    "c2lnbmF0dXJl",
    "AKIA",
    "IOSFODNN7EXAMPLE",
    "ghp_",
    "a1".repeat(18),
    "sk-",
    "xoxb-123456789012",
    "SG.",
    "4111",
    "1111",
    "-",
    "password",
    "token",
    '"',
    "'",
    "é",
    "\u00a0",
    "\u2028",
    "\u001b[31m",
    "hooks.slack.com/services/",
    ":AA",
    "12345678",
  ];

  it("finds in the traits what every match of a pattern needs", () => {
    const random = createRandom(20_261_123);
    let matches = 0;
    for (let n = 0; n < 20_000; n += 1) {
      const text = Array.from({ length: 1 + random.integer(8) }, () => random.pick(PARTS)).join("");
      const traits = traitsOf(text);
      for (const { category, needs, pattern, mayOccur, confirm } of REDACTION_PATTERNS) {
        for (const [match] of text.matchAll(pattern)) {
          if (confirm !== undefined && !confirm(match)) continue;
          matches += 1;
          expect(traits & needs, `${category} in ${JSON.stringify(text)}`).toBe(needs);
          expect(mayOccur(text), `${category} in ${JSON.stringify(text)}`).toBe(true);
        }
      }
      expect((traits & TRAIT.pair) !== 0).toBe(/[:=]/.test(text));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
      expect((traits & TRAIT.control) !== 0).toBe(/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text));
    }
    expect(matches).toBeGreaterThan(1_000);
  });

  it("takes terminal codes out first where it is asked to, so that they hide no secret", () => {
    const redactor = createRedactor({ removeTerminalCodes: true });
    const hidden = "pass\u001b[1mword=hunter2 bob\u001b[0m@mail.example";
    expect(redactor.text(hidden)).toBe("password=[redacted:key] [redacted:email]");
    expect(redactor.value({ [`to\u001b[31mken`]: "x", plain: "\u001b[32mgreen\u001b[0m" })).toEqual(
      {
        token: "[redacted:key]",
        plain: "green",
      },
    );
  });
});

function makeText(random: RandomSource): string {
  const kinds = ["plain words", "a@b.example", "password=x", "k: v", "https://x.example/?a=b", ""];
  return random.pick(kinds) + random.text("ab1 .", random.integer(6));
}

function makeKey(random: RandomSource): string {
  return random.pick([
    "id",
    "user",
    "password",
    "apiKey",
    "a b",
    "__proto__",
    "x@y.example",
    "n",
    "",
  ]);
}

function makeValue(random: RandomSource, depth: number): unknown {
  switch (random.integer(depth > 4 ? 7 : 12)) {
    case 0:
      return random.integer(1_000) - 500;
    case 1:
      return random.pick([true, false, null, undefined, Number.NaN]);
    case 2:
      return BigInt(random.integer(1_000));
    case 3:
      return random.pick(HOSTILE)[1]();
    case 7:
      return Array.from({ length: random.integer(15) }, () => makeValue(random, depth + 1));
    case 8:
      return new Map([[makeKey(random), makeValue(random, depth + 1)]]);
    case 9:
    case 10:
    case 11: {
      const size = random.integer(15);
      const entries = Array.from({ length: size }, () => [
        makeKey(random),
        makeValue(random, depth + 1),
      ]);
      return Object.fromEntries(entries);
    }
    default:
      return makeText(random);
  }
}

describe("secret keys in a text", () => {
  /** The pattern alone, which is what looking back from the signs spares. */
  const KEY = /(?<![\w.-])([A-Za-z][\w.-]{1,63})(?:\\{0,3}["'])?\s{0,3}(?:=>|[:=])/g;
  const PARTS = [
    "password",
    "token",
    "a",
    "ab",
    "user",
    "9",
    "-",
    ".",
    "_",
    ":",
    "=",
    "=>",
    " ",
    "  ",
    "\n",
    '"',
    "'",
    "\\",
    "\\\\\\",
    "\u00a0",
    "\u2028",
    "é",
    "x".repeat(40),
    "{",
    ",",
    "hunter2",
    "api",
    "key",
    "Key",
  ];

  it("are found wherever the pattern finds them", () => {
    const random = createRandom(20_261_124);
    const isSecretKey = createSecretKeyTest([], []);
    let secrets = 0;
    for (let n = 0; n < 100_000; n += 1) {
      const text = Array.from({ length: 1 + random.integer(9) }, () => random.pick(PARTS)).join("");
      const hasSecret = [...text.matchAll(KEY)].some(([, key]) => isSecretKey(key ?? ""));
      if (!hasSecret) continue;
      secrets += 1;
      let looked = 0;
      redactKeyValues(
        text,
        (key) => {
          const answer = isSecretKey(key);
          if (answer) looked += 1;
          return answer;
        },
        () => undefined,
      );
      // Once when looking back, and again by the pattern.
      expect(looked, JSON.stringify(text)).toBeGreaterThan(0);
    }
    expect(secrets).toBeGreaterThan(2_000);
  });
});
