import { describe, expect, test } from "vitest";
import type { Signal } from "../../src/batch.ts";
import { decideOutcome, type HttpAnswer } from "../../src/http/http-outcome.ts";

const NOW = 1_700_000_000_000;

function decide(answer: Partial<HttpAnswer>, signal: Signal = "logs") {
  return decideOutcome(
    signal,
    {
      httpStatus: 200,
      contentType: undefined,
      retryAfter: undefined,
      body: new Uint8Array(),
      isCut: false,
      ...answer,
    },
    NOW,
  );
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the status decides", () => {
  test.each([
    [200, "success"],
    [202, "success"],
    [204, "success"],
    [301, "retryable"],
    [307, "retryable"],
    [400, "failure"],
    [401, "retryable"],
    [403, "retryable"],
    [404, "failure"],
    [408, "retryable"],
    [413, "failure"],
    [415, "failure"],
    [422, "failure"],
    [429, "retryable"],
    [500, "retryable"],
    [501, "retryable"],
    [502, "retryable"],
    [503, "retryable"],
    [504, "retryable"],
  ])("%i is %s", (httpStatus, status) => {
    expect(decide({ httpStatus }).status).toBe(status);
  });

  test("401 and 403 say that we are not authorised", () => {
    for (const httpStatus of [401, 403]) {
      const outcome = decide({ httpStatus });
      expect(outcome).toMatchObject({ cause: "credentials" });
      expect(outcome.message).toContain("not authorised");
    }
  });

  test("Retry-After is handed on with 429 and 503", () => {
    expect(decide({ httpStatus: 429, retryAfter: "7" })).toMatchObject({ retryAfterMillis: 7_000 });
    expect(decide({ httpStatus: 503, retryAfter: "x" })).not.toHaveProperty("retryAfterMillis");
  });

  test("the text of an error is quoted, short and printable", () => {
    const body = bytes(`\u0000\u0001line one\nline two ${"x".repeat(5_000)}`);
    const { message } = decide({ httpStatus: 400, body });
    expect(message).toMatch(/^HTTP 400 "line one line two x+"$/);
    expect(message?.length).toBeLessThan(320);
  });
});

describe("a partial success", () => {
  // partial_success (1) { rejected (1): 3, error_message (2): "too old" }
  const protobuf = Uint8Array.from([0x0a, 0x0b, 0x08, 0x03, 0x12, 0x07, ...bytes("too old")]);

  test.each<[Signal, string]>([
    ["logs", "rejectedLogRecords"],
    ["metrics", "rejectedDataPoints"],
    ["traces", "rejectedSpans"],
  ])("is read from protobuf and JSON for %s", (signal, field) => {
    const expected = { status: "success", rejectedRecords: 3, message: "too old" };
    const contentType = "application/x-protobuf";
    expect(decide({ body: protobuf, contentType }, signal)).toEqual(expected);
    for (const count of [3, "3"]) {
      const body = bytes(
        JSON.stringify({ partialSuccess: { [field]: count, errorMessage: "too old" } }),
      );
      const json = decide({ body, contentType: "application/json; charset=utf-8" }, signal);
      expect(json).toEqual(expected);
    }
  });

  test.each([
    ["an empty JSON object", "{}", "application/json"],
    ["a null partialSuccess", '{"partialSuccess":null}', "application/json"],
    ["an empty partialSuccess", '{"partialSuccess":{}}', "application/json"],
    ["an empty body", "", "application/x-protobuf"],
  ])("%s means that all was taken", (_name, body, contentType) => {
    expect(decide({ body: bytes(body), contentType })).toEqual({
      status: "success",
      rejectedRecords: 0,
    });
  });

  test.each([
    ["a plain text", "ok", "text/plain"],
    ["broken JSON", "{", "application/json"],
    ["JSON that is no object", "7", "application/json"],
    ["a negative count", '{"partialSuccess":{"rejectedLogRecords":-1}}', "application/json"],
    ["cut protobuf", "\u000a\u007f", "application/x-protobuf"],
  ])("%s is accepted, as OTLP says, but marked as unreadable", (_name, body, contentType) => {
    const outcome = decide({ body: bytes(body), contentType });
    expect(outcome).toMatchObject({ status: "success", rejectedRecords: 0, unreadable: true });
    expect(outcome.message).toContain("is the endpoint an OTLP receiver?");
  });

  test.each(["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"])(
    "a login page (%s) has taken nothing: it is asked again until the endpoint is corrected",
    (contentType) => {
      const outcome = decide({ body: bytes("<html>Please log in</html>"), contentType });
      expect(outcome).toMatchObject({ status: "retryable", cause: "endpoint" });
      expect(outcome.message).toContain("got a web page; correct the endpoint");
    },
  );

  test("a body that was cut is not guessed at", () => {
    expect(decide({ body: protobuf, isCut: true })).toMatchObject({ unreadable: true });
  });
});
