import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { parseStack } from "../../src/fingerprint/parse-stack.ts";
import type { StackFrame } from "../../src/fingerprint/stack-frame.ts";

const only = (line: string): StackFrame | undefined => parseStack(`Error: x\n${line}`).frames[0];

describe("parseStack", () => {
  it.each<[line: string, expected: StackFrame]>([
    [
      "    at total (/app/cart.js:10:5)",
      { function: "total", file: "/app/cart.js", line: 10, column: 5, inApp: true },
    ],
    ["    at /app/cart.js:10:5", { file: "/app/cart.js", line: 10, column: 5, inApp: true }],
    [
      "    at async load (file:///app/a.js:3:1)",
      { function: "async load", file: "/app/a.js", line: 3, column: 1, inApp: true },
    ],
    ["    at async file:///app/a.js:3:1", { file: "/app/a.js", line: 3, column: 1, inApp: true }],
    [
      "    at new Cart (C:\\app\\cart.js:1:2)",
      { function: "new Cart", file: "C:\\app\\cart.js", line: 1, column: 2, inApp: true },
    ],
    [
      "    at Object.get [as handler] (/app/a.js:1:2)",
      { function: "Object.get [as handler]", file: "/app/a.js", line: 1, column: 2, inApp: true },
    ],
    [
      "    at page (/app/(group)/page.js:3:4)",
      { function: "page", file: "/app/(group)/page.js", line: 3, column: 4, inApp: true },
    ],
    [
      "    at f (webpack://shop/./src/foo.ts?a1b2:1:2)",
      { function: "f", file: "src/foo.ts", line: 1, column: 2, inApp: true },
    ],
    [
      "    at f (webpack-internal:///(rsc)/./src/foo.ts:1:2)",
      { function: "f", file: "src/foo.ts", line: 1, column: 2, inApp: true },
    ],
    [
      "    at f (https://x.example/a.js?v=1:1:2)",
      { function: "f", file: "https://x.example/a.js", line: 1, column: 2, inApp: true },
    ],
    [
      "    at eval (eval at run (/app/x.js:7:2), <anonymous>:1:1)",
      { function: "eval", file: "/app/x.js", line: 7, column: 2, inApp: true },
    ],
    ["    at async Promise.all (index 0)", { function: "async Promise.all", inApp: false }],
    ["    at JSON.parse (<anonymous>)", { function: "JSON.parse", inApp: false }],
    ["    at Array.map (native)", { function: "Array.map", file: "native", inApp: false }],
    [
      "    at node:internal/process/task_queues:95:5",
      { file: "node:internal/process/task_queues", line: 95, column: 5, inApp: false },
    ],
    [
      "    at handle (/app/node_modules/@nestjs/core/router.js:1:2)",
      {
        function: "handle",
        file: "/app/node_modules/@nestjs/core/router.js",
        line: 1,
        column: 2,
        inApp: false,
      },
    ],
    [
      "    at f (https://x.example/vendor.3f2a1b9c.js:1:2)",
      {
        function: "f",
        file: "https://x.example/vendor.3f2a1b9c.js",
        line: 1,
        column: 2,
        inApp: false,
      },
    ],
    [
      "    at f (https://x.example/polyfills.js:1:2)",
      { function: "f", file: "https://x.example/polyfills.js", line: 1, column: 2, inApp: false },
    ],
    [
      "    at f (/app/src/vendor-list.ts:1:2)",
      { function: "f", file: "/app/src/vendor-list.ts", line: 1, column: 2, inApp: true },
    ],
    [
      "    at f (chrome-extension://abc/x.js:1:2)",
      { function: "f", file: "chrome-extension://abc/x.js", line: 1, column: 2, inApp: false },
    ],
    [
      "total@https://x.example/a.js?v=1:10:5",
      { function: "total", file: "https://x.example/a.js", line: 10, column: 5, inApp: true },
    ],
    [
      "outer/<@https://x.example/@scope/a.js:1:2",
      {
        function: "outer/<",
        file: "https://x.example/@scope/a.js",
        line: 1,
        column: 2,
        inApp: true,
      },
    ],
    [
      "@https://x.example/a.js:1:1",
      { file: "https://x.example/a.js", line: 1, column: 1, inApp: true },
    ],
    [
      "run@https://x.example/a.js line 5 > eval:1:1",
      { function: "run", file: "https://x.example/a.js", line: 5, inApp: true },
    ],
    [
      "map@self-hosted:123:4",
      { function: "map", file: "self-hosted", line: 123, column: 4, inApp: false },
    ],
    ["forEach@[native code]", { function: "forEach", file: "[native code]", inApp: false }],
    ["[native code]", { file: "[native code]", inApp: false }],
    [
      "global code@https://x.example/a.js:1:1",
      { function: "global code", file: "https://x.example/a.js", line: 1, column: 1, inApp: true },
    ],
    [
      "https://x.example/a.js:1:1",
      { file: "https://x.example/a.js", line: 1, column: 1, inApp: true },
    ],
  ])("reads %j", (line, expected) => {
    expect(only(line)).toEqual(expected);
  });

  it("reads the stack of a real error of this engine, innermost call first", () => {
    function inner(): never {
      throw new RangeError("too many: 17\nsecond line");
    }
    function outer(): void {
      inner();
    }
    const parsed = parseStack(stackOf(outer));
    expect(parsed.type).toBe("RangeError");
    expect(parsed.message).toBe("too many: 17\nsecond line");
    expect(parsed.frames.slice(0, 2).map((frame) => frame.function)).toEqual(["inner", "outer"]);
    expect(parsed.frames[0]).toMatchObject({ file: import.meta.filename, inApp: true });
    expect(parsed.frames.some((frame) => !frame.inApp)).toBe(true);
  });

  it("reads what Node prints of a chain of causes, nearest first", () => {
    const deepest = new TypeError("deepest");
    const error = new Error("top", { cause: new RangeError("middle", { cause: deepest }) });
    const parsed = parseStack(inspect(error));
    expect(parsed).toMatchObject({ type: "Error", message: "top" });
    expect(parsed.causes.map((cause) => `${cause.type}: ${cause.message}`)).toEqual([
      "RangeError: middle",
      "TypeError: deepest",
    ]);
    expect(parsed.causes.every((cause) => cause.frames.length > 0)).toBe(true);
  });

  it("takes the class, not the code, from an error of Node with a code", () => {
    const stack = stackOf(() => new URL("no url"));
    expect(parseStack(stack).type).toBe("TypeError");
    expect(parseStack("TypeError [ERR_X]: bad\n    at f (/a.js:1:1)")).toMatchObject({
      type: "TypeError",
      message: "bad",
    });
  });

  it("finds the error below the source line that Node prints over an uncaught one", () => {
    const text =
      "/app/a.js:3\n  throw new Error('x');\n  ^\n\nTypeError: boom\n    at f (/app/a.js:3:9)\n\nNode.js v24.0.0";
    expect(parseStack(text)).toMatchObject({
      type: "TypeError",
      message: "boom",
      frames: [{ function: "f" }],
    });
  });

  it("takes a class name of one's own where frames follow, and none out of prose", () => {
    expect(parseStack("OutOfStock: shoe\n    at f (/a.js:1:1)").type).toBe("OutOfStock");
    expect(parseStack("Note: remember the milk")).toEqual({
      message: "Note: remember the milk",
      frames: [],
      causes: [],
    });
    expect(parseStack("mail bob@example.com: hello").frames).toEqual([]);
    expect(parseStack("")).toEqual({ frames: [], causes: [] });
  });

  it("reads the stack of an error from another realm", () => {
    const error: unknown = runInNewContext(
      "new SyntaxError('there')",
      {},
      { filename: "/app/there.js" },
    );
    expect(parseStack((error as Error).stack ?? "")).toMatchObject({
      type: "SyntaxError",
      message: "there",
    });
  });

  it("bounds frames, causes and time for hostile text", () => {
    const long = `Error: x\n${"    at f (/a.js:1:1)\n".repeat(5000)}`;
    expect(parseStack(long).frames).toHaveLength(100);
    const chained = `Error: x\n${"  [cause]: Error: y\n".repeat(300)}`;
    expect(parseStack(chained).causes.length).toBeLessThanOrEqual(8);
    for (const unit of [
      "    at ",
      "(",
      ")",
      "@",
      ":1",
      "a.",
      "eval at (",
      "\n",
      "webpack://",
      " line 1 > eval",
      "https://x:1:1@",
    ]) {
      expect(
        parseStack(`    at ${unit.repeat(200_000 / unit.length)}`).frames.length,
      ).toBeLessThanOrEqual(100);
    }
  });
});

function stackOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error.stack ?? "";
  }
  throw new Error("stackOf: expected the function to throw an Error");
}
