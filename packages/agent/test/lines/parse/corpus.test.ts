import { readFileSync } from "node:fs";
import { ATTRIBUTE, ERROR_FIELD } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { parseGroup } from "../../../src/lines/parse/parse-group.ts";
import { group } from "./lines.ts";

/** Records of the joiner's golden corpus that hold an exception: what each is grouped under. */
const TEMPLATES: [file: string, templates: string[]][] = [
  ["dotnet/aggregate", ["System.Exception: b down at Main (Program)"]],
  ["dotnet/aspnet-console", ["System.InvalidOperationException: no order at Find (Shop.Orders)"]],
  ["dotnet/async", ["System.InvalidOperationException: no order at Find (Shop.Orders)"]],
  ["dotnet/chained", ["System.IO.IOException: disk full at Write (Shop.Store)"]],
  ["dotnet/coloured-console", ["System.InvalidOperationException: no order at Find (Shop.Orders)"]],
  [
    "dotnet/interleaved",
    [
      "System.IO.IOException: disk full at Write (Shop.Store)",
      "System.InvalidOperationException: no order at Find (Shop.Orders)",
    ],
  ],
  [
    "dotnet/serilog",
    [
      "System.InvalidOperationException: no order at Find (Shop.Orders)",
      "System.InvalidOperationException: no order at Find (Shop.Orders)",
    ],
  ],
  [
    "dotnet/simple",
    [
      "System.InvalidOperationException: no order at Find (Shop.Orders)",
      "System.InvalidOperationException: no order at Find (Shop.Orders)",
    ],
  ],
  [
    "dotnet/split-16k",
    ["System.InvalidOperationException: no order in orde at Find (Shop.Orders)"],
  ],
  [
    "dotnet/stack-overflow",
    ["System.StackOverflowException: stack overflow at Find (Shop.Orders)"],
  ],
  ["dotnet/truncated-at-death", ["System.IO.IOException: disk full at Write (Shop.Store)"]],
  ["go/async", ["runtime.Error: runtime error index out of range with length at main.main"]],
  ["go/chained", ["panic: load disk full at main.load"]],
  ["go/concurrent-map-writes", ["runtime.fatalError: concurrent map writes at main.main"]],
  ["go/http-panic", ["panic: boom in handler at main.main"]],
  [
    "go/interleaved",
    [
      "runtime.Error: runtime error index out of range with length at main.main",
      "runtime.Error: runtime error invalid memory address or nil pointer dereference at main.(*store).get",
    ],
  ],
  ["go/log-panic", ["panic: cannot start no config at main.main"]],
  ["go/multi-line-message", ["panic: first second at main.main"]],
  ["go/repanicked", ["panic: once at main.main"]],
  [
    "go/simple",
    [
      "runtime.Error: runtime error invalid memory address or nil pointer dereference at main.(*store).get",
    ],
  ],
  ["go/split-16k", ["panic: bad document i at main.main"]],
  ["go/stack-overflow", ["runtime.fatalError: stack overflow at main.main"]],
  ["go/truncated-at-death", ["runtime.Error: runtime error index out of range with length"]],
  ["java/async", ["java.lang.IllegalStateException: connection closed at query (App)"]],
  ["java/chained", ["java.lang.IllegalStateException: connection closed at query (App)"]],
  ["java/executor", ["java.lang.IllegalStateException: connection closed at query (App)"]],
  ["java/heap-space", ["java.lang.OutOfMemoryError: java heap space at main (App)"]],
  [
    "java/interleaved",
    [
      "java.lang.IllegalStateException: connection closed at query (App)",
      "java.lang.IllegalStateException: connection closed at query (App)",
    ],
  ],
  [
    "java/kotlin-coroutine",
    ["java.lang.IllegalStateException: no stock at invokeSuspend (com.example.OrdersKt$place)"],
  ],
  [
    "java/logback",
    [
      "java.sql.SQLException: connection closed at query (com.example.shop.Db)",
      "java.sql.SQLException: connection closed at query (com.example.shop.Db)",
    ],
  ],
  ["java/multi-line-message", ["java.lang.RuntimeException: first line second line at main (App)"]],
  [
    "java/reactor",
    ["java.lang.IllegalStateException: no stock at lambda$place (com.example.shop.Orders)"],
  ],
  [
    "java/simple",
    [
      "java.lang.IllegalStateException: connection closed at query (App)",
      "java.lang.IllegalStateException: connection closed at query (App)",
    ],
  ],
  ["java/split-16k", ["java.lang.IllegalStateException: connection closed at query (App)"]],
  [
    "java/spring-boot",
    ["java.lang.IllegalStateException: no stock at place (com.example.shop.Orders)"],
  ],
  ["java/suppressed", ["java.lang.IllegalStateException: connection closed at query (App)"]],
  [
    "java/thread-in-log-line",
    [
      "java.lang.IllegalStateException: no stock at place (com.example.shop.Orders)",
      "java.lang.IllegalStateException: no stock at place (com.example.shop.Orders)",
    ],
  ],
  ["java/thread", ["java.lang.IllegalStateException: connection closed at query (App)"]],
  [
    "java/truncated-at-death",
    [
      "java.util.concurrent.CompletionException: connection closed at encodeThrowable (java.util.concurrent.CompletableFuture)",
    ],
  ],
  [
    "java/two-in-a-row",
    [
      "java.lang.IllegalStateException: connection closed at query (App)",
      "java.lang.IllegalStateException: connection closed at query (App)",
    ],
  ],
  ["java/util-logging", ["java.lang.IllegalStateException: x at main (App)"]],
  ["java/vm-crash", ["JvmError: a fatal error has been detected by the java runtime environment"]],
  ["node/aggregate-error", ["AggregateError: all promises were rejected at n"]],
  ["node/async", ["Error: in step at step (n)"]],
  ["node/chained", ["PaymentError: card declined at charge (n)"]],
  ["node/foreign-lines", ["Error: no stock at place (orders)"]],
  [
    "node/heap-out-of-memory-20",
    ["HeapOutOfMemory: reached heap limit allocation failed javascript heap out of memory"],
  ],
  [
    "node/heap-out-of-memory",
    ["HeapOutOfMemory: reached heap limit allocation failed javascript heap out of memory"],
  ],
  ["node/inspected-object", ["Failed: status at n"]],
  ["node/interleaved", ["PaymentError: card declined at charge (n)", "Error: in step at step (n)"]],
  ["node/logged", ["PaymentError: card declined at charge (n)"]],
  [
    "node/module-not-found",
    ["Error: cannot find module imported from at finalizeResolution (resolve)"],
  ],
  ["node/multi-line-message", ["Error: first second at n"]],
  ["node/nestjs", ["TypeError: cannot read price of undefined at find (orders.service)"]],
  ["node/nextjs", ["Error: no order at orders/page", "Error: no order at orders/page"]],
  ["node/port-in-use", ["Error: listen eaddrinuse address already in use at n"]],
  [
    "node/rejected-text",
    [
      "UnhandledPromiseRejection: this error originated either by throwing inside of an async function without a catch block or by rejecting a promise which was not h…",
    ],
  ],
  ["node/simple", ["TypeError: cannot read price of undefined at inner (n)"]],
  ["node/split-16k", ["Error: long lo at step (n)"]],
  ["node/syntax-error", ["SyntaxError: unexpected token at wrapSafe (loader)"]],
  ["node/thrown-null", ["Error: null"]],
  ["node/thrown-object", ["Error: status detail a list text"]],
  ["node/truncated-at-death", ["PaymentError: card declined at charge (n)"]],
  [
    "node/two-in-a-row",
    ["PaymentError: card declined at charge (n)", "PaymentError: card declined at charge (n)"],
  ],
  ["node/winston", ["Error: no stock at place (orders)", "Error: no stock at place (orders)"]],
  ["php/async", ["RuntimeException: connection lost at {closure} (server)"]],
  ["php/chained", ["OutOfBoundsException: no entry for b at Repo->find"]],
  [
    "php/dated",
    [
      "OutOfBoundsException: no entry for b at Repo->find",
      "OutOfBoundsException: no entry for a at Repo->find",
    ],
  ],
  [
    "php/displayed",
    [
      "OutOfBoundsException: no entry for a at Repo->find",
      "OutOfBoundsException: no entry for a at Repo->find",
    ],
  ],
  ["php/fpm", ["OutOfBoundsException: no entry for a at Repo->find"]],
  [
    "php/interleaved",
    [
      "OutOfBoundsException: no entry for b at Repo->find",
      "OutOfBoundsException: no entry for a at Repo->find",
    ],
  ],
  [
    "php/laravel",
    [
      "PDOException: server closed the connection at PDO->query",
      "RuntimeException: no order at App\\Orders->find",
    ],
  ],
  ["php/logged", ["OutOfBoundsException: no entry for c at Repo->find"]],
  ["php/multi-line-message", ["Exception: first second at p"]],
  ["php/nginx-fastcgi", ["OutOfBoundsException: no entry for a at Repo->find"]],
  ["php/simple", ["OutOfBoundsException: no entry for a at Repo->find"]],
  ["php/split-16k", ["OutOfBoundsException: no entry for id at p"]],
  ["php/truncated-at-death", ["OutOfBoundsException: no entry for b at Repo->find"]],
  ["php/type-error", ["TypeError: strlen argument must be of type string array given at p"]],
  ["python/async", ["ExceptionGroup: unhandled errors in a taskgroup at main (s)"]],
  ["python/celery", ["KeyError at find (s)"]],
  ["python/chained", ["ValueError: could not answer at handler (s)"]],
  ["python/django", ["KeyError at find (s)"]],
  ["python/foreign-line", ["KeyError at find (s)"]],
  ["python/gunicorn", ["ValueError: could not answer at handler (s)"]],
  ["python/interleaved", ["ValueError: could not answer at handler (s)", "KeyError at find (s)"]],
  ["python/logged", ["ValueError: first line second line at s"]],
  ["python/never-retrieved", ["ConnectionError: lost at job (s)"]],
  ["python/notes", ["ValueError: bad row in file a csv at s"]],
  [
    "python/pydantic",
    ["pydantic_core._pydantic_core.ValidationError: validation errors for user name at main"],
  ],
  ["python/recursion", ["RecursionError: maximum recursion depth exceeded at f (s)"]],
  ["python/segmentation-fault", ["FatalPythonError: segmentation fault at s"]],
  ["python/simple", ["KeyError at find (s)"]],
  ["python/split-16k", ["KeyError at find (s)"]],
  [
    "python/sqlalchemy",
    [
      "sqlalchemy.exc.IntegrityError: duplicate key value violates unique constraint detail key already exists at save (main)",
    ],
  ],
  ["python/syntax-error", ["SyntaxError: was never closed at y"]],
  ["python/thread", ["KeyError at find (s)"]],
  ["python/truncated-at-death", ["KeyError at find (s)"]],
  ["python/two-in-a-row", ["KeyError at find (s)", "KeyError at find (s)"]],
  ["python/uvicorn", ["ValueError: no order at read_order (main)"]],
  [
    "ruby/async",
    ["KeyError: key not found q at fetch (r)", "KeyError: key not found q at fetch (r)"],
  ],
  ["ruby/chained", ["ArgumentError: no entry for b at load (r)"]],
  [
    "ruby/highlighted-name",
    ["NameError: undefined local variable or method fooo for main object at r"],
  ],
  [
    "ruby/interleaved",
    ["ArgumentError: no entry for b at load (r)", "KeyError: key not found zz at fetch (r)"],
  ],
  ["ruby/logged", ["ArgumentError: no entry for b at load (r)"]],
  ["ruby/multi-line-message", ["RuntimeError: first at import (r)"]],
  ["ruby/quotes-of-3-4", ["ArgumentError: no entry for b at load (r)"]],
  [
    "ruby/rails-tagged",
    [
      "ActionView::Template::Error: undefined method name for nil nilclass at show (orders_controller)",
      "ActiveRecord::RecordNotFound: couldnt find order with at show (orders_controller)",
    ],
  ],
  [
    "ruby/rails",
    ["ActiveRecord::RecordNotFound: couldnt find order with at show (orders_controller)"],
  ],
  [
    "ruby/reversed",
    ["KeyError: key not found b at fetch (r)", "ArgumentError: no entry for b at load (r)"],
  ],
  [
    "ruby/simple",
    ["KeyError: key not found zz at fetch (r)", "KeyError: key not found zz at fetch (r)"],
  ],
  ["ruby/split-16k", ["KeyError: key not found b at fetch (r)"]],
  ["ruby/truncated-at-death", ["ArgumentError: no entry for b at load (r)"]],
  [
    "ruby/two-in-a-row",
    ["KeyError: key not found z at fetch (r)", "KeyError: key not found z at fetch (r)"],
  ],
];

describe("parseGroup on the golden corpus", () => {
  it.each(TEMPLATES)("groups the exceptions of %s", (file, templates) => {
    const found = records(file)
      .map((record) => parseGroup(group(record)))
      .filter(({ attributes }) => attributes[ATTRIBUTE.exceptionType] !== undefined);
    expect(found.map(({ attributes }) => attributes[ERROR_FIELD.fpTemplate])).toEqual(templates);
    expect(found.every(({ severityNumber }) => severityNumber >= 17)).toBe(true);
  });
});

/** Records of several lines of a file; its format is in the README of the corpus. */
function records(file: string): string[] {
  const path = new URL(`../../corpus/${file}.txt`, import.meta.url);
  const found = new Map<string, string[]>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, stream, letter, text = ""] =
      /^\s*\d+ (out|err) (\S+)\s*\|(?: (.*))?$/.exec(line) ?? [];
    if (stream === undefined || letter === ".") continue;
    const written = text
      .replaceAll("{{esc}}", "\u001b")
      .replace(/\{\{(.+?)\*(\d+)\}\}/g, (_, unit: string, count) => unit.repeat(Number(count)));
    found.set(`${stream}${letter}`, [...(found.get(`${stream}${letter}`) ?? []), written]);
  }
  return [...found.values()].filter(({ length }) => length > 1).map((lines) => lines.join("\n"));
}
