import {
  ATTRIBUTE,
  ERROR_FIELD,
  fingerprint,
  LOKI_LIMIT,
  parseStack,
  severityNumberToText,
} from "@sightline/core";
import { describe, expect, it } from "vitest";
import type { ParsedText } from "../../../src/lines/log-entry.ts";
import { parseGroup } from "../../../src/lines/parse/parse-group.ts";
import { group } from "./lines.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const parse = (text: string): ParsedText => parseGroup(group(text));
const parseJson = (fields: unknown): ParsedText => parse(JSON.stringify(fields));

interface Expected {
  readonly body: string;
  readonly severity: string;
  readonly attributes?: Record<string, unknown>;
}

/** Real shapes of loggers; all were written at noon, so that their time says nothing new. */
const STRUCTURED: [logger: string, line: string, expected: Expected][] = [
  [
    "winston",
    '{"level":"warn","message":"slow","timestamp":"2026-11-23T12:00:00.000Z","ms":7}',
    { body: "slow", severity: "WARN", attributes: { ms: 7 } },
  ],
  [
    "pino",
    '{"level":50,"time":1795435200000,"pid":1,"hostname":"h","reqId":"a","msg":"boom"}',
    { body: "boom", severity: "ERROR", attributes: { pid: 1, hostname: "h", reqId: "a" } },
  ],
  [
    "bunyan",
    '{"name":"shop","hostname":"h","pid":1,"level":60,"msg":"gone","time":"2026-11-23T12:00:00.000Z","v":0}',
    { body: "gone", severity: "FATAL", attributes: { name: "shop", hostname: "h", pid: 1, v: 0 } },
  ],
  [
    "zap",
    '{"level":"info","ts":1795435200.123,"logger":"cart","caller":"a.go:1","msg":"stored","n":3}',
    {
      body: "stored",
      severity: "INFO",
      attributes: { caller: "a.go:1", n: 3, "logger.name": "cart" },
    },
  ],
  [
    "zerolog",
    '{"level":"debug","time":1795435200,"message":"hi","took":1.5}',
    { body: "hi", severity: "DEBUG", attributes: { took: 1.5 } },
  ],
  [
    "logrus",
    '{"level":"warning","msg":"careful","time":"2026-11-23T12:00:00Z","key":true}',
    { body: "careful", severity: "WARN", attributes: { key: true } },
  ],
  [
    "slog",
    '{"time":"2026-11-23T12:00:00.5Z","level":"INFO+2","msg":"hi","user":{"id":7,"name":{"first":"B"}}}',
    { body: "hi", severity: "INFO3", attributes: { "user.id": 7, "user.name.first": "B" } },
  ],
  [
    "structlog",
    '{"event":"paid","level":"info","timestamp":"2026-11-23T12:00:00Z","order":17}',
    { body: "paid", severity: "INFO", attributes: { order: 17 } },
  ],
  [
    "python-json-logger",
    '{"asctime":"2026-11-23 12:00:00,123","name":"app","levelname":"CRITICAL","message":"x"}',
    { body: "x", severity: "FATAL", attributes: { name: "app" } },
  ],
  [
    "Serilog compact",
    '{"@t":"2026-11-23T12:00:00.0Z","@mt":"Order {Id}","@m":"Order 17","@l":"Warning","Id":17}',
    { body: "Order 17", severity: "WARN", attributes: { "@mt": "Order {Id}", Id: 17 } },
  ],
  [
    "the .NET console",
    '{"EventId":13,"LogLevel":"Error","Category":"Acme.Cart","Message":"x","State":{"Id":1}}',
    {
      body: "x",
      severity: "ERROR",
      attributes: { EventId: 13, "State.Id": 1, "logger.name": "Acme.Cart" },
    },
  ],
  [
    "logstash encoder",
    '{"@timestamp":"2026-11-23T12:00:00Z","@version":"1","message":"x","logger_name":"a.B","level":"INFO","level_value":20000}',
    {
      body: "x",
      severity: "INFO",
      attributes: { "@version": "1", level_value: 20000, "logger.name": "a.B" },
    },
  ],
  [
    "ECS",
    '{"@timestamp":"2026-11-23T12:00:00Z","log.level":"WARN","message":"x","log.logger":"a.B","ecs.version":"1.2"}',
    { body: "x", severity: "WARN", attributes: { "ecs.version": "1.2", "logger.name": "a.B" } },
  ],
  [
    "ECS, nested",
    '{"@timestamp":"2026-11-23T12:00:00Z","log":{"level":"error","logger":"a.B"},"message":"x"}',
    { body: "x", severity: "ERROR", attributes: { "logger.name": "a.B" } },
  ],
  [
    "monolog",
    '{"message":"x","context":{"id":7},"level":300,"level_name":"WARNING","channel":"app","datetime":"2026-11-23T12:00:00+00:00","extra":{}}',
    {
      body: "x",
      severity: "WARN",
      attributes: { "context.id": 7, level_name: "WARNING", "logger.name": "app" },
    },
  ],
  ["Google Cloud", '{"severity":"NOTICE","textPayload":"x"}', { body: "x", severity: "INFO2" }],
  [
    "MongoDB",
    '{"t":{"$date":"2026-11-23T12:00:00Z"},"s":"W","c":"NETWORK","id":1,"ctx":"conn1","msg":"x","attr":{"a":1}}',
    { body: "x", severity: "WARN", attributes: { c: "NETWORK", id: 1, ctx: "conn1", "attr.a": 1 } },
  ],
  [
    "Caddy",
    '{"level":"info","ts":1795435200.1,"logger":"http.log.access","msg":"handled request","request":{"method":"GET","headers":{"Accept":["*/*"]}},"status":200}',
    {
      body: "handled request",
      severity: "INFO",
      attributes: {
        "request.method": "GET",
        "request.headers.Accept": '["*/*"]',
        status: 200,
        "logger.name": "http.log.access",
      },
    },
  ],
  [
    "logrus as logfmt",
    'time="2026-11-23T12:00:00Z" level=warning msg="a \\"b\\" = c" order=17',
    { body: 'a "b" = c', severity: "WARN", attributes: { order: "17" } },
  ],
  [
    "slog as logfmt",
    "time=2026-11-23T12:00:00.000Z level=DEBUG msg=hi user.id=7 empty=",
    { body: "hi", severity: "DEBUG", attributes: { "user.id": "7", empty: "" } },
  ],
  [
    "docker compose before JSON",
    'web-1  | {"level":"info","msg":"x"}',
    { body: "x", severity: "INFO" },
  ],
  [
    "a time before JSON",
    '2026-11-23T12:00:00.000Z {"level":"info","msg":"x"}',
    { body: "x", severity: "INFO" },
  ],
  ["docker compose before logfmt", "web-1  | level=info msg=x", { body: "x", severity: "INFO" }],
  [
    "lograge",
    "method=GET path=/orders format=html controller=Orders action=index status=200 duration=5.1",
    {
      body: "method=GET path=/orders format=html controller=Orders action=index status=200 duration=5.1",
      severity: "INFO",
      attributes: {
        method: "GET",
        path: "/orders",
        format: "html",
        controller: "Orders",
        action: "index",
        status: "200",
        duration: "5.1",
      },
    },
  ],
  [
    "Traefik, whose message is empty",
    '{"RequestMethod":"GET","level":"info","msg":"","time":"2026-11-23T12:00:00Z"}',
    {
      body: '{"RequestMethod":"GET","level":"info","msg":"","time":"2026-11-23T12:00:00Z"}',
      severity: "INFO",
      attributes: { RequestMethod: "GET", msg: "" },
    },
  ],
];

describe("parseGroup, structured lines", () => {
  it.each(STRUCTURED)("reads a line of %s", (_, line, expected) => {
    const { body, severityNumber, attributes } = parse(line);
    expect(body).toBe(expected.body);
    expect(severityNumberToText(severityNumber)).toBe(expected.severity);
    expect(withoutPrints(attributes)).toEqual(expected.attributes ?? {});
  });

  it("keeps the level as the logger wrote it, and names a number", () => {
    expect(parse('{"level":"Warning","msg":"x"}').severityText).toBe("Warning");
    expect(parse('{"level":40,"msg":"x"}').severityText).toBe("WARN");
    expect(parse('{"msg":"x"}').severityText).toBeUndefined();
  });

  it.each([
    "order stored, total=12",
    "a=1 is not b=2 and that is all",
    "GET /x?a=1&b=2&c=3",
    "level=5 reached",
    "msg=hello world",
    "x=1 y=2",
    'a=1 b="2 c=3',
    "[1,2]",
    '{"level":"info","msg":"cut in the midd',
    'stored {"id":1}',
    "=== a=b c=d e=f",
  ])("leaves %j as it is", (line) => {
    const { body, attributes } = parse(line);
    expect(body).toBe(line);
    expect(attributes).toEqual({});
  });

  it("keeps a time that differs from the source's, however odd, and believes the source", () => {
    expect(parseJson({ msg: "x", time: "2031-01-01T00:00:00Z" }).attributes).toEqual({
      time: "2031-01-01T00:00:00Z",
    });
    expect(parseJson({ msg: "x", ts: -1, time: "soon" }).attributes).toEqual({
      ts: -1,
      time: "soon",
    });
  });

  it("keeps every digit of a number", () => {
    expect(
      parse(
        '{"msg":"x","id":12345678901234567890,"n":9007199254740993,"f":0.1,"u":1795435200123456}',
      ).attributes,
    ).toEqual({
      id: "12345678901234567890",
      n: "9007199254740993",
      f: 0.1,
      u: 1795435200123456,
    });
  });

  it("never lets a field of a line stand for one of ours", () => {
    const { attributes } = parse(
      '{"msg":"x","kind":"order","service.name":"evil","service_name":"evil","fp":"1","exception":{"type":"T"},"host":{"name":"evil"},"severity_text":"x","trace_id":"no"}',
    );
    expect(attributes).toEqual({
      "field.kind": "order",
      "field.service.name": "evil",
      "field.service_name": "evil",
      "field.fp": "1",
      "field.exception.type": "T",
      "field.host.name": "evil",
      "field.severity_text": "x",
      "field.trace_id": "no",
    });
  });

  it("pollutes no prototype", () => {
    const { attributes } = parse(
      '{"msg":"x","__proto__":"own","constructor":{"prototype":{"p":1}},"a":{"__proto__":{"p":1}}}',
    );
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
    expect(Object.keys(attributes)).toEqual([
      "__proto__",
      "constructor.prototype.p",
      "a.__proto__.p",
    ]);
    expect(({} as Record<string, unknown>)["p"]).toBeUndefined();
  });

  it("counts the fields that do not fit, and stays inside the limits of the store", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, n]));
    expect(parseJson({ msg: "x", ...many }).attributes[ATTRIBUTE.fieldsDropped]).toBe(36);
    const long = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`k${n}`, "ü".repeat(9_000)]),
    );
    const { attributes } = parseJson({ msg: "x", ["k".repeat(500)]: 1, ...long });
    expect(JSON.stringify(attributes).length).toBeLessThan(LOKI_LIMIT.maxMetadataBytes / 2);
    expect(attributes[ATTRIBUTE.fieldsDropped]).toBe(49);
  });

  it("opens four levels and writes what is deeper as JSON", () => {
    expect(
      parse('{"msg":"x","a":{"b":{"c":{"d":{"e":{"f":1}}}},"l":[1,{"z":2}]}}').attributes,
    ).toEqual({
      "a.b.c.d.e": '{"f":1}',
      "a.l": '[1,{"z":2}]',
    });
  });

  it("cleans what an escape hid", () => {
    const { body, attributes } = parse('{"msg":"\\u001b[31mred\\u001b[0m\\u0000","a":"\\ud800x"}');
    expect(body).toBe("red");
    expect(attributes).toEqual({ a: "\ufffdx" });
  });

  it("takes a second message, logger or level for an ordinary field", () => {
    expect(parse('{"message":"a","msg":"b","level":"bananas","severity":"warn"}')).toEqual({
      body: "a",
      severityNumber: 13,
      severityText: "warn",
      attributes: { msg: "b", level: "bananas" },
    });
  });

  it("keeps plain lines that stand below a structured one", () => {
    const { body, attributes } = parse(
      '{"level":"error","msg":"failed"}\nTypeError: x\n    at f (/app/a.js:1:1)',
    );
    expect(body).toBe("failed\nTypeError: x\n    at f (/app/a.js:1:1)");
    expect(attributes).toMatchObject({ "exception.type": "TypeError", "exception.message": "x" });
  });

  it("reads an object that is printed over several lines", () => {
    expect(parse('{\n  "level": "warn",\n  "msg": "x"\n}')).toMatchObject({
      body: "x",
      severityNumber: 13,
    });
  });
});

const STACK = "TypeError: boom\n    at total (/app/cart.js:10:5)\n    at run (/app/a.js:1:1)";
const JAVA = "java.lang.IllegalStateException: no 17\n\tat com.acme.Cart.total(Cart.java:10)";
const PYTHON =
  'Traceback (most recent call last):\n  File "/app/cart.py", line 3, in total\nValueError: bad';

describe("parseGroup, errors", () => {
  it("gives an error of pino the fingerprint that the SDK gives it", () => {
    const { body, attributes } = parseJson({
      level: 50,
      msg: "boom",
      err: { type: "TypeError", message: "boom", stack: STACK },
    });
    const { frames } = parseStack(STACK);
    const expected = fingerprint({ type: "TypeError", message: "boom", frames });
    expect(body).toBe(STACK);
    expect(attributes).toEqual({
      [ATTRIBUTE.exceptionType]: "TypeError",
      [ATTRIBUTE.exceptionMessage]: "boom",
      [ERROR_FIELD.fp]: expected.fp,
      [ERROR_FIELD.fpx]: expected.fpx,
      [ERROR_FIELD.fpTemplate]: expected.template,
      [ERROR_FIELD.fpVersion]: expected.version,
    });
  });

  it.each([
    ["winston", { level: "error", message: "boom", stack: STACK }, "TypeError", "boom"],
    [
      "bunyan",
      { level: 50, msg: "x", err: { name: "TypeError", message: "boom", stack: STACK } },
      "TypeError",
      "boom",
    ],
    [
      "logstash encoder",
      { level: "ERROR", message: "x", stack_trace: JAVA },
      "java.lang.IllegalStateException",
      "no 17",
    ],
    [
      "ECS",
      {
        "log.level": "error",
        message: "x",
        "error.type": "a.B",
        "error.message": "m",
        "error.stack_trace": JAVA,
      },
      "a.B",
      "m",
    ],
    [
      "log4j",
      {
        level: "ERROR",
        message: "x",
        thrown: {
          name: "java.lang.IllegalStateException",
          message: "no 17",
          extendedStackTrace: JAVA,
        },
      },
      "java.lang.IllegalStateException",
      "no 17",
    ],
    ["structlog", { level: "error", event: "x", exception: PYTHON }, "ValueError", "bad"],
    [
      "python-json-logger",
      { levelname: "ERROR", message: "x", exc_info: PYTHON },
      "ValueError",
      "bad",
    ],
    [
      "Serilog",
      {
        "@m": "x",
        "@l": "Error",
        "@x": "System.X: y\n   at Acme.Cart.Total(Int32 id) in /a/C.cs:line 1",
      },
      "System.X",
      "y",
    ],
    [
      "OpenTelemetry",
      {
        severity: "ERROR",
        body: "x",
        "exception.type": "E",
        "exception.message": "m",
        "exception.stacktrace": JAVA,
      },
      "E",
      "m",
    ],
    [
      "monolog",
      {
        message: "x",
        level_name: "ERROR",
        context: { exception: { class: "RuntimeException", message: "m" } },
      },
      "RuntimeException",
      "m",
    ],
    [
      "Rails",
      {
        level: "ERROR",
        message: "x",
        exception: ["ZeroDivisionError", "divided by 0"],
        backtrace: ["/app/a.rb:1:in 'x'"],
      },
      "ZeroDivisionError",
      "divided by 0",
    ],
  ])("finds type and message of an error of %s", (_, fields, type, message) => {
    const { body, attributes, severityNumber } = parseJson(fields);
    expect([attributes[ATTRIBUTE.exceptionType], attributes[ATTRIBUTE.exceptionMessage]]).toEqual([
      type,
      message,
    ]);
    expect(attributes[ERROR_FIELD.fp]).toMatch(/^[0-9a-f]{16}$/);
    expect(severityNumber).toBe(17);
    const stack = Object.values(fields).find(
      (value) => typeof value === "string" && value.includes("\n"),
    );
    if (stack !== undefined) expect(body).toContain(stack);
  });

  it.each([
    [
      "Java",
      `12:00:00.000 [main] ERROR com.acme.Cart - failed\n${JAVA}`,
      "java.lang.IllegalStateException",
    ],
    ["Python", `ERROR:root:failed\n${PYTHON}`, "ValueError"],
    ["Go", "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x271", "panic"],
    ["Node", `2026 failed\n${STACK}`, "TypeError"],
    [
      "java.util.logging",
      `Nov 23, 2026 12:00:00 PM com.acme.Cart total\nSEVERE: failed\n${JAVA}`,
      "java.lang.IllegalStateException",
    ],
    ["one line", "TypeError: boom", "TypeError"],
  ])("finds the exception of %s in plain text, which is at least an error", (_, text, type) => {
    const { body, attributes, severityNumber } = parse(text);
    expect(body).toBe(text);
    expect(attributes[ATTRIBUTE.exceptionType]).toBe(type);
    expect(attributes[ERROR_FIELD.fp]).toMatch(/^[0-9a-f]{16}$/);
    expect(severityNumber).toBeGreaterThanOrEqual(17);
  });

  it("raises a plain line with an exception to error, and keeps a level that a field states", () => {
    expect(parse(`INFO trying again\n${JAVA}`).severityNumber).toBe(17);
    expect(parseJson({ level: "warn", msg: "x", stack: STACK })).toMatchObject({
      severityNumber: 13,
      severityText: "warn",
    });
  });

  it("groups an error that was only logged by its words", () => {
    const print = (text: string) => parse(text).attributes[ERROR_FIELD.fp];
    expect(print("2026-11-23 12:00:00 ERROR order 17 failed")).toBe(
      print("2026-11-24 13:01:02 ERROR order 18 failed"),
    );
    expect(print("2026-11-23 12:00:00 ERROR order 17 failed")).not.toBe(
      print("2026-11-23 12:00:00 ERROR order 17 is late"),
    );
    expect(print('level=error msg=failed err="dial tcp: refused"')).not.toBe(
      print('level=error msg=failed err="no such host"'),
    );
    expect(print("level=warn msg=failed")).toBeUndefined();
  });

  it("moves the message of an error to its place, and leaves what is none", () => {
    expect(parse('level=warn msg=x err="dial tcp: refused"').attributes).toEqual({
      "exception.message": "dial tcp: refused",
    });
    expect(parse("level=info msg=x err=<nil> error=false").attributes).toEqual({
      err: "<nil>",
      error: "false",
    });
    expect(
      parseJson({ msg: "x", error: null, err: true, stack: "production", "error.type": "timeout" })
        .attributes,
    ).toEqual({
      err: true,
      stack: "production",
      "error.type": "timeout",
    });
  });
});

describe("parseGroup, traces and severity", () => {
  it.each([
    ["trace_id and span_id", `{"msg":"x","trace_id":"${TRACE}","span_id":"${SPAN}"}`],
    ["camel case", `{"msg":"x","traceId":"${TRACE.toUpperCase()}","spanId":"${SPAN}"}`],
    ["ECS", `{"msg":"x","trace":{"id":"${TRACE}"},"span":{"id":"${SPAN}"}}`],
    ["OpenTelemetry for Python", `{"msg":"x","otelTraceID":"${TRACE}","otelSpanID":"${SPAN}"}`],
    ["Serilog", `{"@m":"x","@tr":"${TRACE}","@sp":"${SPAN}"}`],
    ["traceparent", `{"msg":"x","traceparent":"00-${TRACE}-${SPAN}-01"}`],
    [
      "Google Cloud",
      `{"msg":"x","logging.googleapis.com/trace":"projects/p/traces/${TRACE}","logging.googleapis.com/spanId":"${SPAN}"}`,
    ],
    ["logfmt", `level=info msg=x trace_id=${TRACE} span_id=${SPAN}`],
    ["plain text", `12:00 INFO trace_id=${TRACE} span_id=${SPAN} resource=a x`],
    ["a header in plain text", `got traceparent: 00-${TRACE}-${SPAN}-01`],
    [
      "the .NET console",
      `info: a[0] => SpanId:${SPAN}, TraceId:${TRACE}, ParentId:0000000000000000`,
    ],
    ["Spring Boot 3", `12:00 INFO [shop] [main] [${TRACE}-${SPAN}] c.a.Cart : x`],
    ["Spring Cloud Sleuth", `12:00 INFO [shop,${TRACE},${SPAN}] 1 --- x`],
  ])("takes trace and span from %s", (_, line) => {
    const { traceId, spanId, attributes } = parse(line);
    expect([traceId, spanId]).toEqual([TRACE, SPAN]);
    expect(Object.values(attributes)).not.toContain(TRACE);
  });

  it("refuses ids of zeros, of another length, and decimal ones", () => {
    for (const id of ["0".repeat(32), TRACE.slice(1), `${TRACE}0`, "1234567890123456789"]) {
      expect(parse(`{"msg":"x","trace_id":"${id}","dd.trace_id":"${id}"}`).traceId).toBeUndefined();
      expect(parse(`trace_id=${id} x`).traceId).toBeUndefined();
    }
    expect(
      parse(`{"msg":"x","trace_id":"${TRACE}","span_id":"${"0".repeat(16)}"}`),
    ).not.toHaveProperty("spanId");
    expect(parse(`{"msg":"x","span_id":"${SPAN}"}`)).not.toHaveProperty("spanId");
  });

  it("infers the level of a plain line, says its word, and says none where there is none", () => {
    expect(parse("2026/11/23 12:00:00 [warn] 7#7: x")).toEqual({
      body: "2026/11/23 12:00:00 [warn] 7#7: x",
      severityNumber: 13,
      severityText: "warn",
      attributes: {},
    });
    expect(parse("hello")).toEqual({ body: "hello", severityNumber: 9, attributes: {} });
    expect(parse("Nov 23, 2026 12:00:00 PM a.B c\nWARNING: x").severityNumber).toBe(13);
    expect(parse("\u001b[31merror\u001b[39m: boom").severityText).toBe("error");
  });
});

describe("parseGroup, hostile input", () => {
  it("never throws and always answers something valid", () => {
    const units = [
      '{"a":',
      "[",
      '{"msg":"',
      "\\u0000",
      "a=",
      'a="',
      '"',
      "\\",
      "=",
      "trace_id=",
      "\u001b[",
      "at (",
      "{",
      "}",
      "0",
      ":",
      "\ud800",
      "🎉",
      "level=error ",
      "\n",
      "\tat a.b(C.java:1)\n",
    ];
    for (const unit of units) {
      for (const [before, after] of [
        ["", ""],
        ['{"msg":"', '"}'],
        ['{"a":', "}"],
        ["level=info msg=x a=", ""],
      ] as const) {
        const parsed = parse(before + unit.repeat(300_000 / unit.length) + after);
        expect(parsed.severityNumber).toBeGreaterThanOrEqual(1);
        expect(JSON.stringify(parsed.attributes).length).toBeLessThan(LOKI_LIMIT.maxMetadataBytes);
      }
    }
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    expect(parse(deep).body === deep).toBe(true);
    expect(
      parse(`{"msg":"x","n":1234567890123456789,"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)
        .body,
    ).toContain("x");
    expect(parseGroup([])).toEqual({ body: "", severityNumber: 9, attributes: {} });
  });
});

function withoutPrints(attributes: ParsedText["attributes"]): Record<string, unknown> {
  const own = new Set<string>([
    ERROR_FIELD.fp,
    ERROR_FIELD.fpx,
    ERROR_FIELD.fpTemplate,
    ERROR_FIELD.fpVersion,
  ]);
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !own.has(key)));
}
