import { describe, expect, it } from "vitest";
import { FINGERPRINT_VERSION, fingerprint } from "../../src/fingerprint/fingerprint.ts";
import { parseStack } from "../../src/fingerprint/parse-stack.ts";
import { normalizeFile, normalizeFunction } from "../../src/fingerprint/stack-frame.ts";
import { createRandom } from "../random.ts";

const of = (stack: string) => fingerprint(parseStack(stack));
const V8 = `TypeError: order 17 of bob@mail.example is gone
    at total (/app/dist/cart.js:10:5)
    at checkout (/app/dist/orders/index.js:3:1)
    at handle (/app/node_modules/express/lib/layer.js:95:5)`;

describe("fingerprint", () => {
  it("has 16 hexadecimal digits twice, a readable template and a version", () => {
    expect(of(V8)).toEqual({
      fp: expect.stringMatching(/^[0-9a-f]{16}$/),
      fpx: expect.stringMatching(/^[0-9a-f]{16}$/),
      template: "TypeError: order of is gone at total (cart)",
      version: FINGERPRINT_VERSION,
    });
  });

  it("is pinned: a change of these values splits everybody's history and needs a new version", () => {
    expect(of(V8)).toMatchObject({ fp: "61f2032f7deade9a", fpx: "444b26d3ed5f6453" });
    expect(fingerprint({ message: "queue is full", logger: "mail" })).toMatchObject({
      fp: "62522aaf86e02d30",
      fpx: "3360c796889aa080",
    });
  });

  it("stays when lines shift, ids change or the deployment moves", () => {
    const random = createRandom(1);
    const expected = of(V8);
    for (let round = 0; round < 300; round += 1) {
      const moved = V8.replaceAll(
        /:\d+:\d+/g,
        () => `:${random.integer(5000)}:${random.integer(200)}`,
      )
        .replace("17", String(random.integer(1e9)))
        .replace("bob@mail", `${random.text("abcdef", 5)}@${random.text("abcdef", 5)}`)
        .replaceAll(
          "/app/",
          random.pick([
            "/srv/shop/",
            "file:///home/me/shop/",
            "C:\\shop\\",
            "https://x.example/static/",
          ]),
        );
      expect(of(moved)).toEqual(expected);
    }
  });

  it("is the same for Chrome, Firefox and Safari", () => {
    const chrome = parseStack(
      "TypeError: boom\n    at Cart.total (https://x.example/assets/cart-BaS3fGHj.js:1:20)\n    at run (https://x.example/assets/app.3f2a1b9c.js?v=1:1:2)",
    );
    const gecko = parseStack(
      "total@https://x.example/assets/cart-Ab12Cd34.js:1:10\nrun@https://x.example/assets/app.99aabbcc.js:1:1",
    );
    const safari = parseStack(
      "total@https://x.example/assets/cart.js:1:11\nforEach@[native code]\nrun@https://x.example/assets/app.js:1:1",
    );
    const error = { type: "TypeError", message: "boom" };
    const all = [chrome, gecko, safari].map(({ frames }) => fingerprint({ ...error, frames }));
    expect(new Set(all.map(({ fp }) => fp)).size).toBe(1);
    expect(new Set(all.map(({ fpx }) => fpx)).size).toBe(1);
  });

  it("splits by type, by a verb and by the top frame of one's own code", () => {
    const changed = [
      V8.replace("TypeError", "RangeError"),
      V8.replace("gone", "late"),
      V8.replace("total", "sum"),
      V8.replace("cart.js", "basket.js"),
    ];
    const all = [V8, ...changed].map((stack) => of(stack).fp);
    expect(new Set(all).size).toBe(all.length);
  });

  it("splits callers by the exact fingerprint only", () => {
    const other = of(V8.replace("checkout", "preview"));
    expect(other.fp).toBe(of(V8).fp);
    expect(other.fpx).not.toBe(of(V8).fpx);
  });

  it("does not see how the framework called, nor how deep a recursion went", () => {
    expect(of(V8.replace("layer.js", "router.js"))).toEqual(of(V8));
    const walk = (turns: number) =>
      of(
        `Error: deep\n${"    at visit (/a/tree.js:1:1)\n    at child (/a/tree.js:2:2)\n".repeat(turns)}    at start (/a/app.js:1:1)`,
      );
    expect(walk(9)).toEqual(walk(2));
    expect(walk(3).fpx).toBe(walk(2).fpx);
  });

  it("falls back to three library frames and the message, never to one group for everything", () => {
    const library = (message: string, file: string) =>
      of(
        `Error: ${message}\n    at query (/app/node_modules/pg/${file}.js:1:1)\n    at b (node:internal/x:1:1)`,
      );
    expect(library("lost connection", "client").fp).not.toBe(library("bad query", "client").fp);
    expect(library("lost connection", "client").fp).not.toBe(library("lost connection", "pool").fp);
    expect(library("lost connection", "client").template).toBe(
      "Error: lost connection at query (pg/client)",
    );
  });

  it("tells loggers apart where there is no stack, and not where there is one", () => {
    const log = (logger: string) => fingerprint({ message: "queue is full", logger }).fp;
    expect(log("mail")).not.toBe(log("orders"));
    const { type, message, frames } = parseStack(V8);
    const base = { ...(type && { type }), ...(message && { message }), frames };
    expect(fingerprint({ ...base, logger: "a" })).toEqual(fingerprint({ ...base, logger: "b" }));
  });

  it("groups an occurrence of nothing too, under a name a person can read", () => {
    expect(fingerprint({}).template).toBe("error without message");
    expect(fingerprint({ type: "<b>17</b>", message: "1" })).toEqual(fingerprint({}));
  });

  it("keeps the template at 160 characters", () => {
    const long = fingerprint({ type: "A".repeat(500), message: "abcdefghij klmnop ".repeat(500) });
    expect(long.template.length).toBeLessThanOrEqual(160);
  });
});

describe("parts of a frame", () => {
  it.each([
    ["Object.foo", "foo"],
    ["async Cart.total", "total"],
    ["new Cart", "Cart"],
    ["Object.get [as handler]", "get"],
    ["outer/inner", "inner"],
    ["outer/<", ""],
    ["<anonymous>", ""],
    ["Object.<anonymous>", ""],
    ["t", ""],
    ["async*go", "go"],
    ["global code", ""],
    ["#secret", "secret"],
    [undefined, ""],
  ])("writes the function %j as %j", (name, expected) => {
    expect(normalizeFunction(name)).toBe(expected);
  });

  it.each([
    ["/app/src/cart.ts", "cart"],
    ["C:\\app\\cart.js", "cart"],
    ["https://x.example/cart.3f2a1b9c.chunk.js?v=1#x", "cart"],
    ["/assets/main-BaSdfGHj.js", "assets/main"],
    ["/app/user-profile.js", "user-profile"],
    ["/app/orders/index.js", "orders/index"],
    ["/app/node_modules/express/lib/router/index.js", "express/index"],
    ["/a/node_modules/@nestjs/core/router.js", "@nestjs/core/router"],
    ["node:internal/process/task_queues", "task_queues"],
    ["webpack://shop/./src/a.vue", "a"],
    ["", ""],
    [undefined, ""],
  ])("writes the file %j as %j", (file, expected) => {
    expect(normalizeFile(file)).toBe(expected);
  });
});
