import { beforeEach, describe, expect, test } from "vitest";
import { createFakeClock, type FakeClock } from "../../../../wire/test/fakes/fake-clock.ts";
import {
  createLineJoiner,
  type LineJoiner,
  type LineJoinerOptions,
} from "../../../src/lines/join/line-joiner.ts";
import type { GroupBundle } from "../../../src/lines/log-entry.ts";
import type { Line } from "../../../src/sources/line.ts";

let clock: FakeClock;
let bundles: GroupBundle[];
let pushed: number;

beforeEach(() => {
  clock = createFakeClock();
  bundles = [];
  pushed = 0;
});

function joinerWith(options: Partial<LineJoinerOptions> = {}): LineJoiner {
  return createLineJoiner({ clock, emit: (bundle) => bundles.push(bundle), ...options });
}

function lineOf(text: string, millis = clock.now()): Line {
  const time = [Math.floor(millis / 1000), (millis % 1000) * 1e6] as const;
  return { text, time, stream: "stderr", position: pushed++, cutBytes: 0 };
}

function push(joiner: LineJoiner, ...texts: string[]): void {
  for (const text of texts) joiner.push(lineOf(text));
}

/** One array of texts for each record. */
function records(): string[][] {
  return bundles.flatMap(({ groups }) => groups.map(({ lines }) => lines.map(({ text }) => text)));
}

const STACK = ["Error: boom", "    at f (/app/x.js:1:2)", "    at g (/app/x.js:9:1)"];

describe("holding", () => {
  test("a plain line is handed on when the next one shows that it stands alone", () => {
    const joiner = joinerWith();
    push(joiner, "one");
    expect(records()).toEqual([]);
    push(joiner, "two");
    expect(records()).toEqual([["one"]]);
  });

  test("what nothing follows is handed on when the hold is over, not before", () => {
    const joiner = joinerWith({ holdMillis: 300 });
    push(joiner, "one");
    clock.advance(299);
    expect(records()).toEqual([]);
    clock.advance(1);
    expect(records()).toEqual([["one"]]);
  });

  test("each line starts the hold anew", () => {
    const joiner = joinerWith();
    push(joiner, ...STACK.slice(0, 2));
    clock.advance(400);
    push(joiner, STACK[2] as string);
    clock.advance(400);
    expect(records()).toEqual([]);
    clock.advance(100);
    expect(records()).toEqual([STACK]);
  });

  test("there is one timer however many lines come, and none when nothing is held", () => {
    const joiner = joinerWith();
    for (let n = 0; n < 1_000; n++) push(joiner, `line ${n}`);
    expect(clock.pendingDelays()).toHaveLength(1);
    clock.advance(500);
    expect(clock.pendingDelays()).toEqual([]);
    push(joiner, "again");
    joiner.flush();
    expect(clock.pendingDelays()).toEqual([]);
  });

  test("lines further apart by their own time never join, however fast they are read", () => {
    const joiner = joinerWith();
    const millis = clock.now();
    joiner.push(lineOf(STACK[0] as string, millis));
    joiner.push(lineOf(STACK[1] as string, millis + 500));
    joiner.push(lineOf(STACK[2] as string, millis + 1_001));
    joiner.flush();
    expect(records()).toEqual([STACK.slice(0, 2), STACK.slice(2)]);
  });

  test("a source whose clock jumps back does not join across the jump", () => {
    const joiner = joinerWith();
    joiner.push(lineOf(STACK[0] as string, clock.now()));
    joiner.push(lineOf(STACK[1] as string, clock.now() - 3_600_000));
    joiner.flush();
    expect(records()).toEqual([[STACK[0]], [STACK[1]]]);
  });

  test("flush hands on a stack without an end as one record, and leaves nothing", () => {
    const joiner = joinerWith();
    push(joiner, ...STACK);
    joiner.flush();
    expect(records()).toEqual([STACK]);
    joiner.flush();
    expect(bundles).toHaveLength(1);
  });

  test("after a flush the joiner goes on", () => {
    const joiner = joinerWith();
    push(joiner, STACK[0] as string);
    joiner.flush();
    push(joiner, ...STACK);
    joiner.flush();
    expect(records()).toEqual([[STACK[0]], STACK]);
  });
});

describe("whole JSON lines", () => {
  test("are handed on at once when nothing is held", () => {
    push(joinerWith(), '{"msg":"x"}');
    expect(records()).toEqual([['{"msg":"x"}']]);
  });

  test("come behind what was held before them", () => {
    push(joinerWith(), "plain", '{"msg":"x"}');
    expect(records()).toEqual([["plain"], ['{"msg":"x"}']]);
  });

  test("do not break the stack that they fall into", () => {
    const joiner = joinerWith();
    push(joiner, ...STACK.slice(0, 2), '{"msg":"x"}', ...STACK.slice(2));
    joiner.flush();
    expect(records()).toEqual([STACK, ['{"msg":"x"}']]);
  });
});

describe("lines in the middle of a stack", () => {
  const foreign = "2026-11-23 09:11:28 INFO api: GET /orders 200";

  test.each([
    [
      "Java",
      ["java.lang.IllegalStateException: x", "\tat A.b(A.java:1)", "Caused by: y", "\t... 2 more"],
    ],
    ["Node", STACK],
    ["Go", ["panic: x", "", "goroutine 1 [running]:", "main.main()", "\t/app/g.go:4 +0x1"]],
    ["Ruby", ["a.rb:1:in `f': x (E)", "\tfrom a.rb:2:in `g'", "\tfrom a.rb:3:in `h'"]],
    [
      "PHP",
      [
        "PHP Fatal error:  Uncaught E: x in a.php:1",
        "Stack trace:",
        "#0 {main}",
        "  thrown in a.php on line 1",
      ],
    ],
    [
      ".NET",
      [
        "Unhandled exception. A.B: x",
        "   at A.C() in /app/a.cs:line 1",
        "   at A.D() in /app/a.cs:line 2",
      ],
    ],
  ])("are records of their own: %s", (_, stack) => {
    for (let at = 1; at < stack.length; at++) {
      const joiner = joinerWith();
      bundles = [];
      push(joiner, ...stack.slice(0, at), foreign, ...stack.slice(at));
      joiner.flush();
      // An empty line says nothing of where it belongs once something stands between.
      const expected = stack[at] === "" ? stack.filter((text) => text !== "") : stack;
      expect(records().filter((record) => record[0] !== "")).toEqual([expected, [foreign]]);
    }
  });

  test("come in one bundle with it, whose position is that of the last line of all", () => {
    const joiner = joinerWith();
    push(joiner, ...STACK.slice(0, 2), foreign, ...STACK.slice(2), "after");
    joiner.flush();
    expect(bundles.map(({ groups, position }) => [groups.length, position])).toEqual([
      [2, 3],
      [1, 4],
    ]);
  });

  test("end it when there are more than a hundred of them", () => {
    const joiner = joinerWith();
    push(joiner, ...STACK.slice(0, 2));
    for (let n = 0; n < 101; n++) push(joiner, `${foreign} ${n}`);
    expect(records()[0]).toEqual(STACK.slice(0, 2));
  });
});

describe("what came before", () => {
  test("is not held back by a stack that has its end", () => {
    const record = [...STACK, "", "Node.js v24.21.0"];
    push(joinerWith(), ...record, "next");
    expect(records()).toEqual([record]);
  });

  test("is not held back by a stack once another one of the same thread has begun", () => {
    push(joinerWith(), ...STACK, "Error: another");
    expect(records()).toEqual([STACK]);
  });

  test("waits while a stack can go on, for its place is before what follows", () => {
    push(joinerWith(), ...STACK, "plain", "text");
    expect(records()).toEqual([]);
    clock.advance(500);
    expect(records()).toEqual([STACK, ["plain"], ["text"]]);
  });
});

describe("two records stay two", () => {
  test.each([
    ["an ordinary line and an uncaught error", ["listening on 3000"], STACK],
    ["an error without a stack and one with", ["Error: first"], STACK],
    ["an error and an ordinary line", STACK, ["GET /orders 200"]],
    [
      "a traceback and a printed line",
      ["Traceback (most recent call last):", '  File "a.py", line 1', "ValueError: x"],
      ["done"],
    ],
    ["an error and an indented line of a banner", ["starting"], ["  port: 80"]],
    [
      "two panics",
      ["panic: a", "", "goroutine 1 [running]:", "main.main()"],
      ["panic: b", "", "goroutine 1 [running]:"],
    ],
    [
      "an ordinary log line and an uncaught error",
      ["2026-11-23 09:11:28 INFO ready"],
      ['Exception in thread "main" E: x', "\tat A.b(A.java:1)"],
    ],
    ["an object and the next", ["a: {", "  b: 1", "}"], ["c: {", "  d: 1", "}"]],
    [
      "two log lines of the same error",
      ["2026-11-23 09:11:28 ERROR a: x", "java.io.IOException: y", "\tat A.b(A.java:1)"],
      ["2026-11-23 09:11:28 ERROR a: x", "java.io.IOException: y", "\tat A.b(A.java:1)"],
    ],
  ])("%s", (_, first, second) => {
    const joiner = joinerWith();
    push(joiner, ...first, ...second);
    joiner.flush();
    expect(records()).toEqual([first, second]);
  });
});

describe("continuations without a stack", () => {
  test("indented lines below an error line are its own", () => {
    const joiner = joinerWith();
    const record = ["ERROR could not start:", "  port 80 is taken", "\tpid 12 holds it"];
    push(joiner, ...record, "next");
    joiner.flush();
    expect(records()).toEqual([record, ["next"]]);
  });

  test("lines of a message stay apart when no frame proves them", () => {
    const joiner = joinerWith();
    push(joiner, "Error: a", "some text", "2026-11-23 09:11:28 INFO next");
    joiner.flush();
    expect(records()).toEqual([["Error: a"], ["some text"], ["2026-11-23 09:11:28 INFO next"]]);
  });
});

describe("limits", () => {
  test("past maxLines a new record begins and goes on with the stack", () => {
    const joiner = joinerWith({ maxLines: 3 });
    const frames = Array.from({ length: 5 }, (_, n) => `    at f${n} (/app/x.js:1:2)`);
    push(joiner, "Error: x", ...frames);
    joiner.flush();
    expect(records()).toEqual([["Error: x", frames[0], frames[1]], frames.slice(2)]);
  });

  test("past maxBytes too, line ends counted and characters as UTF-8", () => {
    const joiner = joinerWith({ maxBytes: 40 });
    push(joiner, "Error: x", `    at ${"é".repeat(11)}`, "    at g");
    joiner.flush();
    // 9 + 30 bytes fill it to 39; one more line does not fit.
    expect(records()).toEqual([["Error: x", `    at ${"é".repeat(11)}`], ["    at g"]]);
  });

  test("a line that is longer by itself is a record of its own", () => {
    const joiner = joinerWith({ maxBytes: 50 });
    push(joiner, "Error: x", `    at ${"x".repeat(100)}`, "    at g");
    joiner.flush();
    expect(records()).toEqual([["Error: x"], [`    at ${"x".repeat(100)}`], ["    at g"]]);
  });

  test("a message that does not fit stays apart from its stack", () => {
    const joiner = joinerWith({ maxLines: 3 });
    push(joiner, "Error: x", "one", "two", "three", "    at f (x.js:1:2)");
    joiner.flush();
    expect(records()).toEqual([["Error: x", "one", "two"], ["three"], ["    at f (x.js:1:2)"]]);
  });

  test("stacks that overlap without end are handed on before they fill the memory", () => {
    const joiner = joinerWith({ maxLines: 10 });
    push(joiner, "[w-0] Error: x");
    for (let n = 1; n < 200; n++)
      push(joiner, `[w-${n}] Error: x`, `[w-${n - 1}]     at f (x.js:1:2)`);
    const held = pushed - records().flat().length;
    expect(held).toBeLessThanOrEqual(20);
  });
});

describe("the user's own start of a record", () => {
  test("every other line belongs to the one before", () => {
    const joiner = joinerWith({ start: /^#\d+ / });
    push(joiner, "left over", "#1 a", "b", '{"c":1}', "#2 d", "Traceback (most recent call last):");
    joiner.flush();
    expect(records()).toEqual([
      ["left over"],
      ["#1 a", "b", '{"c":1}'],
      ["#2 d", "Traceback (most recent call last):"],
    ]);
  });

  test("a pattern with the flag g matches every time", () => {
    const joiner = joinerWith({ start: /^a/g });
    push(joiner, "a1", "a2", "a3");
    joiner.flush();
    expect(records()).toEqual([["a1"], ["a2"], ["a3"]]);
  });

  test("the hold and the limits are the same", () => {
    const joiner = joinerWith({ start: /^a/, maxLines: 2 });
    push(joiner, "a", "b", "c");
    expect(records()).toEqual([["a", "b"]]);
    clock.advance(500);
    expect(records()).toEqual([["a", "b"], ["c"]]);
    joiner.push(lineOf("a", clock.now()));
    joiner.push(lineOf("b", clock.now() + 501));
    joiner.flush();
    expect(records().slice(2)).toEqual([["a"], ["b"]]);
  });
});
