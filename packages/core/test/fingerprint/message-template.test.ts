import { describe, expect, it } from "vitest";
import { maskMessage } from "../../src/fingerprint/message-template.ts";
import { createRandom, type RandomSource } from "../random.ts";

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const HEX = "0123456789abcdef";
const BASE62 = `0123456789${LOWER}${LOWER.toUpperCase()}`;

/** Things that differ from one occurrence to the next and must leave no trace. */
const SLOTS: Record<string, (random: RandomSource) => string> = {
  integer: (r) => String(r.integer(1e9)),
  "number with separators": (r) =>
    `${1 + r.integer(9)},${r.text("0123456789", 3)},${r.text("0123456789", 3)}`,
  decimal: (r) => `${r.integer(1000)}.${r.integer(1000)}`,
  uuid: (r) => [8, 4, 4, 4, 12].map((size) => r.text(HEX, size)).join("-"),
  hex: (r) => `0x${r.text(HEX, 8)}`,
  "object id": (r) => `${r.integer(10)}${r.text(HEX, 23)}`,
  ulid: (r) => `01${r.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24)}`,
  "random id": (r) => `${r.text(BASE62, 10)}7aB${r.text(BASE62, 8)}`,
  nanoid: (r) =>
    `${r.text(LOWER, 4)}${r.text(LOWER.toUpperCase(), 2)}_7${r.text(LOWER, 3)}-${r.text(LOWER, 8)}`,
  "iso time": (r) =>
    `2026-${10 + r.integer(3)}-${10 + r.integer(18)}T${10 + r.integer(14)}:${10 + r.integer(50)}:00.${100 + r.integer(900)}Z`,
  "date in words": (r) =>
    `${r.pick(["Mon", "Tue", "Sun"])} ${r.pick(["Jan", "May", "Nov"])} ${10 + r.integer(18)} 2026 ${10 + r.integer(14)}:30:00 GMT+0${r.integer(10)}00`,
  duration: (r) => `${r.integer(900)}${r.pick(["ms", "s", " ms", " seconds", "m"])}`,
  size: (r) => `${r.integer(900)} ${r.pick(["kB", "MB", "bytes"])}`,
  "e-mail": (r) => `${r.text(LOWER, 6)}@${r.text(LOWER, 5)}.example`,
  "unix path": (r) => `/home/${r.text(LOWER, 5)}/${r.text(LOWER, 7)}.txt`,
  "windows path": (r) => `C:\\Users\\${r.text(LOWER, 5)}\\x.txt`,
  url: (r) => `https://${r.text(LOWER, 5)}.example/${r.text(LOWER, 4)}?q=${r.text(LOWER, 3)}`,
  "url with credentials": (r) => `tcp://${r.text(LOWER, 4)}:${r.text(LOWER, 4)}@h:1`,
  ipv4: (r) => `10.${r.integer(256)}.${r.integer(256)}.${r.integer(256)}:${r.integer(60_000)}`,
  ipv6: (r) => `2001:db8::${1 + r.integer(9)}:${r.text(HEX, 4)}`,
  host: (r) => `${r.text(LOWER, 5)}.${r.text(LOWER, 6)}.example`,
  "double quotes": (r) => `"${r.text(`${LOWER} `, 12)}"`,
  "single quotes": (r) => `'${r.text(`${LOWER} `, 12)}'`,
  backticks: (r) => `\`${r.text(LOWER, 8)}\``,
  "German quotes": (r) => `„${r.text(LOWER, 8)}“`,
  brackets: (r) => `(${r.text(`${LOWER} `, 12)})`,
  "name after user": (r) => `user ${r.pick(["webmaster", "oracle", "maxmustermann", "Ørsted"])}`,
};

describe("maskMessage", () => {
  it.each(Object.entries(SLOTS))("gives one template whatever the %s", (_name, make) => {
    const random = createRandom(42);
    for (const frame of [
      (x: string) => `loading ${x} failed`,
      (x: string) => `loading failed: ${x}`,
      (x: string) => `${x} loading failed`,
    ]) {
      const templates = new Set(
        Array.from({ length: 200 }, () => maskMessage(frame(make(random)))),
      );
      expect([...templates]).toHaveLength(1);
      expect([...templates][0]).toContain("loading");
    }
  });

  it("tells any two verbs apart, whatever stands around them", () => {
    const random = createRandom(5);
    const verbs = [
      "load",
      "save",
      "delete",
      "parse",
      "connect",
      "write",
      "open",
      "close",
      "bind",
      "resolve",
    ];
    const makers = Object.values(SLOTS);
    for (let round = 0; round < 500; round += 1) {
      const [a, b] = [random.pick(makers)(random), random.pick(makers)(random)];
      const templates = verbs.map((verb) => maskMessage(`cannot ${verb} order ${a} of ${b}`));
      expect(new Set(templates).size).toBe(verbs.length);
    }
  });

  it.each([
    [
      "Cannot read properties of undefined (reading 'total')",
      "total cannot read properties of undefined",
    ],
    ["cart is not defined", "cart is not defined"],
    ["x2 is not defined", "x2 is not defined"],
    ["Cannot find module './x'", "cannot find module"],
    ["connect ECONNREFUSED 10.0.0.1:5432", "connect econnrefused"],
    ["charset utf-8 is not supported on x86_64", "charset utf-8 is not supported on x86_64"],
    ["4,150,908 rows", "rows"],
    ["Fee::add() failed", "fee add failed"],
    ["lost tcp://u:p@h:1", "lost"],
    ["Received block blk_-388 of size 67108864", "received block blk of size"],
    ["deleted blk_1 blk_2 blk_3", "deleted blk"],
    ["retry attempt=3 reason=timeout", "retry attempt reason"],
    ["Invalid user webmaster from 1.2.3.4", "invalid user from"],
    ["user not found", "user not found"],
    ["Failed password for root from 1.2.3.4 port 22 ssh2", "failed password for from port ssh2"],
    ["Benutzer „Max“ wurde nicht gefunden", "benutzer wurde nicht gefunden"],
    ["用户不存在 123", "用户不存在"],
    ["don't panic", "dont panic"],
    ["[everything is in brackets]", "everything is in brackets"],
    ["\n\n  first\nsecond\nthird", "first second"],
    ["", ""],
    ["12345", ""],
  ])("writes %j as %j", (message, expected) => {
    expect(maskMessage(message)).toBe(expected);
  });

  it("keeps at most 24 words", () => {
    const words = Array.from({ length: 60 }, (_, index) => `word${"abcdefghij"[index % 10]}`);
    expect(maskMessage(words.join(" ")).split(" ")).toHaveLength(24);
  });

  it("reads 8,192 characters and no more, so hostile text costs a bounded time", () => {
    expect(maskMessage(`${" ".repeat(8192)}unseen`)).toBe("");
    for (const unit of [
      "(",
      '"',
      "'",
      "[(",
      "a=",
      "a.",
      "/",
      "<",
      "Mon ",
      "0 ",
      "a'",
      "{[",
      "\\",
      "„",
      "(reading '",
    ]) {
      expect(maskMessage(unit.repeat(1_000_000 / unit.length)).length).toBeLessThan(2000);
    }
  });
});
