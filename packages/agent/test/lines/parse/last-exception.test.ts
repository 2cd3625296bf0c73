import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findLastException, type LastException } from "../../../src/lines/parse/last-exception.ts";
import { parseGroup } from "../../../src/lines/parse/parse-group.ts";
import { group } from "./lines.ts";

const find = (text: string): LastException | undefined => findLastException(text.split("\n"));

describe("findLastException, on what Node itself prints", () => {
  const folder = mkdtempSync(join(tmpdir(), "last-exception-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function die(code: string, ...options: string[]): string[] {
    const file = join(folder, "app.mjs");
    writeFileSync(file, `console.log("server is up");\n${code}\n`);
    const { stdout, stderr, status, signal } = spawnSync(process.execPath, [...options, file], {
      encoding: "utf8",
    });
    if (status === 0 && signal === null) throw new Error("expected the program to die");
    return `${stdout}${stderr}npm error code 1\n`.split("\n");
  }

  it("finds an error that nobody caught, from its source line to the footer", () => {
    const found = findLastException(
      die(
        'class OutOfStock extends Error {}\nfunction total() { throw new OutOfStock("no shoes") }\ntotal();',
      ),
    );
    expect(found).toMatchObject({ origin: "uncaught", type: "OutOfStock", message: "no shoes" });
    expect(found?.template).toBe("OutOfStock: no shoes at total (app)");
    expect(found?.text).toMatch(
      /^file:\/\/.*app\.mjs:\d+\n.*at total.*\nNode\.js v\d+\.\d+\.\d+$/s,
    );
  });

  it("tells an unhandled rejection from a throw where Node does", () => {
    const found = findLastException(die("await 1; Promise.reject({ code: 5 });"));
    expect(found?.origin).toBe("rejection");
    expect(found?.text).toContain("ERR_UNHANDLED_REJECTION");
  });

  it("finds what was thrown and is no error", () => {
    expect(findLastException(die('throw "a text";'))).toMatchObject({
      origin: "uncaught",
      type: "Error",
      message: "a text",
    });
  });

  it("finds the limit of the heap", () => {
    const found = findLastException(
      die(
        "const all = []; for (;;) all.push(new Array(1000).fill(Math.random()));",
        "--max-old-space-size=20",
      ),
    );
    expect(found).toMatchObject({ origin: "heap_limit", type: "HeapOutOfMemory" });
    expect(found?.message).toContain("JavaScript heap out of memory");
  });

  it("gives an exception the fingerprint that its stored lines have", () => {
    const lines = die("function total() { null.x }\ntotal();");
    const found = findLastException(lines);
    const stored = parseGroup(group(found?.text ?? ""));
    expect(stored.attributes).toMatchObject({
      fp: found?.fp,
      fpx: found?.fpx,
      fp_t: found?.template,
    });
  });
});

const GO = `panic: first [recovered]
	panic: boom 17

goroutine 1 [running]:
main.main.func1()
	/app/main.go:16 +0x5b
panic({0x4ad760?, 0x4d3e18?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
main.load(...)
	/app/main.go:12
exit status 2`;
const PYTHON = `Traceback (most recent call last):
  File "/app/a.py", line 3, in parse
    return json.loads(x)
ValueError: first

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 13, in top
    [0][5]
    ~~~^^^
IndexError: list index out of range`;
const JAVA = `Exception in thread "main" com.acme.OrderException: cannot load
	at com.acme.Cart.load(Cart.java:5)
Caused by: java.lang.NumberFormatException: For input string: "y"
	at com.acme.Cart.parse(Cart.java:4)
	... 1 more`;
const DOTNET = `Unhandled exception. System.InvalidOperationException: top
 ---> System.NullReferenceException: inner
   at Acme.Cart.Total(Int32 id) in /src/Cart.cs:line 10
   --- End of inner exception stack trace ---
   at Program.Main() in /src/Program.cs:line 1`;
const PHP = `PHP Fatal error:  Uncaught RuntimeException: no shoe in /app/src/Cart.php:10
Stack trace:
#0 /app/src/Shop.php(12): Cart->total(1)
#1 {main}
  thrown in /app/src/Cart.php on line 10`;
const RUBY = `/app/cart.rb:10:in 'Cart#total': no shoes (OutOfStock)
	from /app/main.rb:1:in '<main>'
/app/cart.rb:8:in 'Integer#/': divided by 0 (ZeroDivisionError)
	from /app/cart.rb:8:in 'Cart#total'`;
const RUST = `thread 'main' panicked at src/main.rs:2:5:
index out of bounds
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`;
const NODE_16 = `/app/a.js:3
  throw new TypeError('x');
  ^

TypeError: boom
    at f (/app/a.js:3:9)`;

describe("findLastException", () => {
  it.each<[what: string, text: string, origin: string, type: string, message: string]>([
    ["a Go panic after one that was recovered", GO, "panic", "panic", "boom 17"],
    [
      "a Go deadlock",
      "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t/app/main.go:3 +0x1d",
      "panic",
      "runtime.fatalError",
      "all goroutines are asleep - deadlock!",
    ],
    ["a chained Python traceback", PYTHON, "uncaught", "IndexError", "list index out of range"],
    ["a Java exception in main", JAVA, "uncaught", "com.acme.OrderException", "cannot load"],
    [
      "a JVM without memory",
      "Terminating due to java.lang.OutOfMemoryError: Java heap space",
      "heap_limit",
      "java.lang.OutOfMemoryError",
      "Java heap space",
    ],
    ["a .NET exception", DOTNET, "uncaught", "System.InvalidOperationException", "top"],
    ["a PHP exception", PHP, "uncaught", "RuntimeException", "no shoe"],
    ["a Ruby exception with its cause", RUBY, "uncaught", "OutOfStock", "no shoes"],
    ["a Rust panic", RUST, "panic", "panic", "index out of bounds"],
    ["an error of Node 16, which has no footer", NODE_16, "uncaught", "TypeError", "boom"],
    [
      "an error of Deno",
      "error: Uncaught (in promise) TypeError: boom\n    at f (file:///app/a.ts:3:9)",
      "rejection",
      "TypeError",
      "boom",
    ],
  ])("finds %s among other lines, whole and alone", (_, text, origin, type, message) => {
    const found = find(`12:00 INFO started\nlistening on 8080\n${text}\nbye`);
    expect(found).toMatchObject({ origin, type, message, text });
    expect(found?.fp).toMatch(/^[0-9a-f]{16}$/);
  });

  it("takes for logged what a logger wrote above, or what the process survived", () => {
    expect(find(`ERROR:root:failed\n${PYTHON}`)).toMatchObject({
      origin: "logged",
      type: "IndexError",
    });
    expect(find(`INFO:root:started\n${PYTHON}`)?.origin).toBe("uncaught");
    const later = "served a request\n".repeat(30);
    expect(find(`${PYTHON}\n${later}`)).toMatchObject({ origin: "logged", type: "IndexError" });
    expect(find(`${JAVA.replace("main", "worker-3")}\n${later}`)?.origin).toBe("logged");
    expect(find(`${JAVA}\n${later}`)?.origin).toBe("uncaught");
    expect(find(`${NODE_16}\n\nNode.js v24.0.0\n${later}`)).toMatchObject({
      origin: "logged",
      type: "TypeError",
    });
    expect(
      find("12:00 ERROR failed\njava.lang.X: y\n\tat a.b.C.d(C.java:1)\n12:01 INFO x"),
    ).toMatchObject({
      origin: "logged",
      type: "java.lang.X",
      text: "java.lang.X: y\n\tat a.b.C.d(C.java:1)",
    });
  });

  it("takes the exception in a field of a JSON line", () => {
    const err = {
      type: "TypeError",
      message: "boom",
      stack: "TypeError: boom\n    at f (/app/a.js:1:1)",
    };
    const line = JSON.stringify({ level: 60, msg: "dying", err });
    expect(find(`{"level":30,"msg":"up"}\n${line}\n{"level":30,"msg":"bye"}`)).toMatchObject({
      origin: "logged",
      type: "TypeError",
      message: "boom",
      text: err.stack,
    });
    expect(find(JSON.stringify({ level: 30, msg: "tried again", err }))).toBeUndefined();
  });

  it("takes the last of several that could have ended it", () => {
    expect(find(`${GO}\n${NODE_16}\n\nNode.js v16.0.0`)?.type).toBe("TypeError");
    expect(find(`${NODE_16}\n\nNode.js v24.0.0\nworker exited\n${GO}`)?.type).toBe("panic");
  });

  it.each([
    "",
    "listening on 8080\nbye",
    "12:00 ERROR order 17 failed",
    "main.c:3:10: fatal error: x.h: No such file or directory",
    "fatal error: x.h: No such file or directory",
    "GET /panic: 200",
  ])("finds none in %j", (text) => {
    expect(find(text)).toBeUndefined();
  });

  it("reads through colours, keeps head and end of a long stack, and is bounded", () => {
    const long = `panic: boom\n\ngoroutine 1 [running]:\n${"main.f()\n\t/app/main.go:12 +0x1d\n".repeat(2_000)}`;
    const found = find(`\u001b[31m${long}`);
    expect(found).toMatchObject({ type: "panic", origin: "panic" });
    expect(found?.text.length).toBeLessThanOrEqual(32_768);
    for (const line of [
      "    at x",
      "\tat a.b(C.java:1)",
      "Caused by: ",
      "#0 x",
      "a.rb:1:in 'x'",
      "goroutine 1",
      "",
      "panic: x",
      "Traceback (most recent call last):",
      '  File "a", line 1',
      '{"a":1}',
      "/a:1",
      "   ^",
    ]) {
      const hostile = find(`${line}\n`.repeat(20_000));
      expect(hostile === undefined || hostile.text.length <= 32_768).toBe(true);
    }
    expect(find("\u001b[".repeat(500_000))).toBeUndefined();
  });
});
