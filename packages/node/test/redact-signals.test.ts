import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { createRedactor } from "@sightline/core";
import { expect, it } from "vitest";
import { redactSpan } from "../src/redact-signals.ts";

const redactor = createRedactor();

function endedSpan(): ReadableSpan {
  const spans: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void spans.push(span),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  const span = provider.getTracer("library").startSpan("work");
  span.setAttributes({ rows: 3, cached: true, password: "hunter2", tags: ["a", "b@example.com"] });
  span.addEvent("asked", { token: "hunter2" });
  span.setStatus({ code: 2, message: "password=hunter2" });
  span.end();
  const [ended] = spans;
  if (!ended) throw new Error("the span did not end");
  return ended;
}

it("masks a span in all its parts and keeps the kinds of its values", () => {
  const span = endedSpan();
  const redacted = redactSpan(span, redactor);

  expect(redacted.attributes).toEqual({
    rows: 3,
    cached: true,
    password: "[redacted:key]",
    tags: ["a", "[redacted:email]"],
  });
  expect(JSON.stringify([redacted.events, redacted.status])).not.toContain("hunter2");
  expect(redacted.events[0]?.name).toBe("asked");
  expect(redacted.status.code).toBe(2);
  expect(redacted.spanContext()).toEqual(span.spanContext());
  expect(redacted.duration).toEqual(span.duration);
});

it("leaves the host's own span as it is", () => {
  const span = endedSpan();
  redactSpan(span, redactor);
  expect(span.attributes["password"]).toBe("hunter2");
});
