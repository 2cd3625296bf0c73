import { describe, expect, it } from "vitest";
import { fingerprint } from "../../../src/fingerprint/fingerprint.ts";
import { type ParsedStack, parseStack } from "../../../src/fingerprint/parse-stack.ts";
import {
  type AnyStack,
  fingerprintStack,
  parseAnyStack,
} from "../../../src/fingerprint/stacks/parse-any-stack.ts";
import { createRandom } from "../../random.ts";
import { SAMPLES } from "./samples.ts";

const names = ({ frames }: ParsedStack): string[] =>
  frames.filter(({ inApp }) => inApp).map((frame) => frame.key ?? frame.function ?? "");

describe("parseAnyStack", () => {
  it.each(SAMPLES)("reads $what", (sample) => {
    const stack = parse(sample.text);
    expect(stack.language).toBe(sample.language);
    expect([stack.type, stack.message]).toEqual([sample.type, sample.message]);
    expect(names(stack)).toEqual(sample.own);
    expect(stack.causes.map(({ type, message }) => `${type}: ${message}`)).toEqual(
      sample.causes ?? [],
    );
  });

  it("keeps file and line, which people need", () => {
    const [frame] = parse(SAMPLES[0]?.text ?? "").frames;
    expect(frame).toMatchObject({
      function: "main.(*Cart).Total",
      file: "/app/shop/cart.go",
      line: 4,
      inApp: true,
    });
  });

  it("puts back the calls that Java leaves out of a cause", () => {
    const java = SAMPLES.find(({ what }) => what.startsWith("a Java exception with causes"));
    const [cause] = parse(java?.text ?? "").causes;
    expect(cause === undefined ? [] : names(cause)).toEqual([
      "parse (com.acme.Parser)",
      "load (com.acme.Cart)",
      "lambda$main (com.acme.Main)",
      "main (com.acme.Main)",
    ]);
  });

  it.each([
    "",
    "all is well",
    "panic button pressed",
    "#0 is the first",
    'File "x" was saved',
    "at least one (of many)",
    '{"at":"x"}',
    "GET /a.go:12 200",
    "we are at home (really)",
    "    at noon we meet",
  ])("finds no stack in %j", (text) => {
    expect(parseAnyStack(text)).toBeUndefined();
  });

  it("takes bounded time and never throws, whatever the text", () => {
    const units = [
      "\n",
      "\tat a.",
      "\tat a(",
      "   at x(",
      '  File "',
      "#0 ",
      "#0 a(1): ",
      "goroutine 1 [",
      "\t/a.go:1\n",
      "a.rb:1:in '",
      "Caused by: ",
      " ---> ",
      "... 9999 more\n",
      "Next A",
      "Traceback (most recent call last):\n",
      "panic: ",
      "thread 'x' panicked at ",
      "Uncaught A",
      "[object] (A(code: 0): ",
      "  + Exception Group Traceback (most recent call last):\n",
      " : in `",
      "\\",
      "$1",
      "a.b.",
    ];
    const random = createRandom(3);
    for (const unit of units) parseAnyStack(unit.repeat(200_000 / unit.length));
    for (let round = 0; round < 400; round += 1) {
      const parts = Array.from({ length: 40 }, () =>
        random.pick([...units, ...SAMPLES.flatMap(({ text }) => text.split("\n"))]),
      );
      const stack = parseAnyStack(parts.join(random.pick(["", "\n"])));
      expect(stack === undefined || stack.frames.length <= 100).toBe(true);
      if (stack !== undefined) expect(fingerprintStack(stack).fp).toMatch(/^[0-9a-f]{16}$/);
    }
  });
});

describe("fingerprintStack", () => {
  it.each(SAMPLES)("says $what in one readable line", ({ text, template }) => {
    expect(fingerprintStack(parse(text)).template).toBe(template);
  });

  it.each(SAMPLES)(
    "is the same for $what after a deploy, elsewhere and with other ids",
    ({ text }) => {
      const expected = fingerprintStack(parse(text));
      const random = createRandom(5);
      for (let round = 0; round < 50; round += 1) {
        const number = (): string => String(1 + random.integer(5000));
        const moved = text
          .replace(/(?<=\.\w{2,4}[:(])\d+|(?<=line )\d+|(?<=goroutine )\d+/g, number)
          .replace(/0x[0-9a-f]+/g, () => `0x${random.text("0123456789abcdef", 10)}`)
          .replace(/(?<=\$\$Lambda\$|lambda\$main\$|MethodAccessor)\d+/g, number)
          .replace(/(?<=order |shoes? |first )17/g, number)
          .replaceAll(/\/app\/shop\//g, random.pick(["/srv/", "/home/me/shop-2/", "/opt/x/y/z/"]));
        expect(fingerprintStack(parse(moved)), moved).toEqual(expected);
      }
    },
  );

  it.each(SAMPLES)("is another for another bug than $what", ({ text, others }) => {
    const all = [text, ...others.map(([from, to]) => text.replaceAll(from, to))];
    const prints = all.map((changed) => fingerprintStack(parse(changed)).fp);
    expect(new Set(prints).size).toBe(all.length);
  });

  it("is what the SDK computes for an error of JavaScript", () => {
    const text = "TypeError: boom\n    at total (/app/cart.js:10:5)\n    at run (/app/a.js:1:1)";
    const { type = "", message = "", frames } = parseStack(text);
    expect(fingerprintStack(parse(text))).toEqual(fingerprint({ type, message, frames }));
  });

  it("is the same for Ruby 3.3 and 3.4, which name methods differently", () => {
    const now =
      "/a/cart.rb:1:in 'Cart#total': gone (KeyError)\n\tfrom /a/b.rb:2:in 'block in Shop#run'";
    const before = "/a/cart.rb:1:in `total': gone (KeyError)\n\tfrom /a/b.rb:2:in `block in run'";
    expect(fingerprintStack(parse(now))).toEqual(fingerprintStack(parse(before)));
  });
});

function parse(text: string): AnyStack {
  const stack = parseAnyStack(text);
  if (stack === undefined) throw new Error(`no stack in ${JSON.stringify(text)}`);
  return stack;
}
