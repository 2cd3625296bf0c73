import { type TransportItem, TransportItemType } from "@grafana/faro-core";
import { createTextRedactor } from "@sightline/core";
import { expect, it } from "vitest";
import { maskItem } from "../../src/signals/mask-item.ts";

const redactor = createTextRedactor([/ticket-\d+/]);

it("masks texts at any depth, keys that are secret, and lists within texts as lists", () => {
  const item: TransportItem = {
    type: TransportItemType.EXCEPTION,
    meta: {},
    payload: {
      timestamp: "2026-01-01T00:00:00.000Z",
      type: "Error",
      value: "jane@example.com ticket-7",
      trace: { trace_id: "4".repeat(32), span_id: "4".repeat(16) },
      stacktrace: {
        frames: [{ filename: "https://example.com/a.js?token=x", function: "pay", lineno: 1 }],
      },
      context: {
        authToken: "plain words",
        trail: JSON.stringify([{ at: 1, kind: "click", text: "ticket-8" }]),
        causes: JSON.stringify([
          { type: "E", message: 'password="two words"', stack: "at ticket-9" },
        ]),
        note: `[{"password":"secret"}]`,
      },
    },
  };
  const { payload } = maskItem(item, redactor) as unknown as {
    payload: {
      value: string;
      trace: object;
      stacktrace: { frames: readonly object[] };
      context: Record<"authToken" | "trail" | "causes" | "note", string>;
    };
  };
  expect(payload.value).toBe("[redacted:email] [redacted:custom]");
  expect(payload.trace).toEqual({ trace_id: "4".repeat(32), span_id: "4".repeat(16) });
  expect(payload.stacktrace.frames).toEqual([
    { filename: "https://example.com/a.js", function: "pay", lineno: 1 },
  ]);
  expect(payload.context.authToken).toBe("[redacted:key]");
  expect(payload.context.note).toBe(`[{"password":"[redacted:key]"}]`);
  expect(JSON.parse(payload.context.trail)).toEqual([
    { at: 1, kind: "click", text: "[redacted:custom]" },
  ]);
  expect(JSON.parse(payload.context.causes)).toEqual([
    { type: "E", message: 'password="[redacted:key]"', stack: "at [redacted:custom]" },
  ]);
});

it("masks what a page names itself, whatever the name, and takes no text for a list", () => {
  const context = { name: "jane@example.com", level: "ticket-7", trail: "ticket-8", causes: "[" };
  const item = { type: "log", meta: {}, payload: { message: "x", level: "info", context } };
  const { payload } = maskItem(item as unknown as TransportItem, redactor);
  expect(payload).toEqual({
    message: "x",
    level: "info",
    context: {
      name: "[redacted:email]",
      level: "[redacted:custom]",
      trail: "[redacted:custom]",
      causes: "[",
    },
  });
});
