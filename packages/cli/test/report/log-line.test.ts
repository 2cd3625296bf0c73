import { afterEach, describe, expect, it } from "vitest";
import type { LogEntry } from "../../src/query/loki.ts";
import { formatEntry } from "../../src/report/log-line.ts";
import { createPainter } from "../../src/report/style.ts";

const plain = createPainter(false, {});
const shape = { paint: plain, showService: true, showFields: true };

/** 2026-03-29 00:59:59.123456789 UTC: the second before Berlin's clocks go forward. */
const timeNanos = "1774745999123456789";

function entryOf(line: string, fields: Record<string, string> = {}): LogEntry {
  return { timeNanos, line, fields: { service_name: "board", severity_text: "INFO", ...fields } };
}

const zoneBefore = process.env["TZ"];
afterEach(() => {
  if (zoneBefore === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zoneBefore;
});

describe("a line for people", () => {
  it.each([
    { zone: "UTC", time: "2026-03-29 00:59:59.123" },
    { zone: "Europe/Berlin", time: "2026-03-29 01:59:59.123" },
    { zone: "Asia/Kolkata", time: "2026-03-29 06:29:59.123" },
    { zone: "America/St_Johns", time: "2026-03-28 22:29:59.123" },
  ])("has the time of the reader in $zone", ({ zone, time }) => {
    process.env["TZ"] = zone;
    expect(formatEntry(entryOf("hello"), shape)).toBe(`${time} INFO  board      hello`);
  });

  it.each([
    { what: "a plain field", fields: { order: "17" }, shown: "order=17" },
    { what: "a field with spaces", fields: { user: "a b" }, shown: 'user="a b"' },
    { what: "a field with quotes", fields: { q: 'say "x"' }, shown: 'q="say \\"x\\""' },
    { what: "a field over two lines", fields: { q: "a\nb" }, shown: 'q="a\\nb"' },
    {
      what: "where it comes from",
      fields: { host_name: "vm", trace_flags: "1", kind: "log" },
      shown: "",
    },
  ])("shows $what as $shown", ({ fields, shown }) => {
    process.env["TZ"] = "UTC";
    const text = formatEntry(entryOf("x", fields), { ...shape, showService: false });
    expect(text).toBe(`2026-03-29 00:59:59.123 INFO  x${shown && ` ${shown}`}`);
  });

  it("of a page leaves out with what somebody came; of a server it shows the same names", () => {
    process.env["TZ"] = "UTC";
    const fields = { trail: "[]", context: "x", visitor_hash: "aa", user_hash: "bb" };
    const of = (more: object) =>
      formatEntry(entryOf("hi", { ...fields, ...more }), { ...shape, showService: false });
    expect(of({ browser_route: "/orders/:id" })).toMatch(
      /INFO {2}hi user_hash=bb browser_route=\/orders\/:id$/,
    );
    expect(of({})).toContain("trail=[] context=x visitor_hash=aa");
  });

  it("is the headline alone for a death: the lines before it stand above", () => {
    process.env["TZ"] = "UTC";
    const fields = { kind: "crash", crash_id: "abc:1", severity_text: "FATAL", run: "3" };
    expect(formatEntry(entryOf("board died\nEvidence: exit code 1", fields), shape)).toBe(
      "2026-03-29 00:59:59.123 FATAL board      board died sightline crashes show abc:1",
    );
  });

  it.each(["\u001b[2J", "\u001b]0;title\u0007", "\u009b31m", "\r", "\u0007", "\b", "\u202e", "\0"])(
    "shows nothing of %j that would move the cursor, wherever it stands",
    (evil) => {
      const fields = {
        service_name: `bo${evil}ard`,
        severity_text: `IN${evil}FO`,
        key: `v${evil}`,
      };
      const text = formatEntry(entryOf(`a${evil}b`, fields), shape);
      expect(text).toMatch(/^[\d :.-]{23} INFO {2}board {6}ab key=/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    },
  );

  it("keeps the lines of a stack and its tabs", () => {
    expect(formatEntry(entryOf("Error: x\n\tat y"), shape)).toContain("Error: x\n\tat y");
  });

  it("falls back to the level that Loki found, and shows none where there is none", () => {
    const fields = { severity_text: "", detected_level: "warn2" };
    const { severity_text: _, ...rest } = fields;
    expect(formatEntry({ timeNanos, line: "x", fields: rest }, shape)).toContain(" WARN  ");
    expect(formatEntry({ timeNanos, line: "x", fields: {} }, shape)).toMatch(/123 {7}\s+x$/);
  });

  it("is coloured on a terminal only, and not with NO_COLOR", () => {
    const coloured = createPainter(true, {});
    expect(formatEntry(entryOf("x"), { ...shape, paint: coloured })).toContain("\u001b[32mINFO");
    for (const paint of [createPainter(true, { NO_COLOR: "1" }), createPainter(false, {})]) {
      expect(formatEntry(entryOf("x"), { ...shape, paint })).not.toContain("\u001b");
    }
  });

  it("puts the fields behind the message, and a stack below, foreign frames dimmed", () => {
    const stack = [
      "request failed",
      "TypeError: total is null",
      "    at total (file:///srv/shop/cart.js:10:5)",
      "    at next (/srv/shop/node_modules/router/index.js:1:2)",
    ].join("\n");
    const fields = { fp: "268b6065cf3e7314", fpx: "15321b83a5bed179", exception_type: "TypeError" };
    const lines = formatEntry(entryOf(stack, fields), shape).split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/board {6}request failed fp=268b6065cf3e7314$/);
    expect(lines.slice(1).join("\n")).toBe(stack.split("\n").slice(1).join("\n"));
    const coloured = formatEntry(entryOf(stack), { ...shape, paint: createPainter(true, {}) });
    expect(coloured).toContain("\u001b[2m    at next");
    expect(coloured).not.toContain("\u001b[2m    at total");
  });
});
