import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import type { Fault } from "../../src/fault.ts";
import { locate } from "../../src/lint/locate.ts";
import { renderGithub } from "../../src/lint/report/github.ts";
import { renderJunit } from "../../src/lint/report/junit.ts";
import { renderFaults, summarizeFaults } from "../../src/lint/report/text.ts";

const PLAIN = (_style: unknown, text: string): string => text;

const HOSTILE: Fault = {
  check: "promql-syntax",
  severity: "error",
  message: `100% of <"it">, & 'that': 50%25\r\nnext ]]> \u0000\u001b[31m\ud800`,
  advice: "a, b: c",
  place: { file: "a,b:c%.yaml", line: 2, column: 5, path: 'alerts["x,y:%"].when' },
};

describe("annotations of GitHub", () => {
  it("escape what would end them, by the rules of properties and of texts", () => {
    const [line = "", ...rest] = renderGithub([HOSTILE]).split("\n");
    expect(rest).toEqual([""]);
    expect(line).toContain(
      "::error file=a%2Cb%3Ac%25.yaml,line=2,col=5,title=sightline promql-syntax::",
    );
    expect(line).toContain(`alerts["x,y:%25"].when: 100%25 of <"it">, & 'that': 50%2525%0D%0Anext`);
    expect(line).toContain("%0Aa, b: c");
  });

  it("are notices where it is information, and need no place", () => {
    expect(renderGithub([{ check: "x", severity: "info", message: "m" }])).toBe(
      "::notice title=sightline x::m\n",
    );
  });
});

describe("JUnit", () => {
  it("is well-formed XML whatever the texts hold, and gives them back", () => {
    const xml = renderJunit("a&b.yaml", [
      HOSTILE,
      { check: "i", severity: "info", message: "<i>" },
    ]);
    expect(xml).toContain('tests="2" failures="1"');
    expect(readXml(xml)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "failure", type: "error" }),
        expect.objectContaining({ name: "system-out" }),
      ]),
    );
    const failure = readXml(xml).find(({ name }) => name === "failure");
    expect(failure?.["message"]).toBe(
      `100% of <"it">, & 'that': 50%25\r\nnext ]]> \uFFFD\uFFFD[31m\uFFFD`,
    );
  });

  it("has a test that passed where there is nothing to say", () => {
    expect(renderJunit("sightline.yaml", [])).toContain('tests="1" failures="0"');
  });
});

/** Elements with their attributes; throws where it is no XML. */
function readXml(xml: string): Record<string, string>[] {
  const elements: Record<string, string>[] = [];
  const open: string[] = [];
  let rest = xml.replace(/^<\?xml[^>]*\?>/, "");
  while (rest !== "") {
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`not escaped: ${text}`);
      rest = rest.slice(text.length);
      continue;
    }
    const tag = /^<(\/?)([a-z-]+)((?:\s[a-z]+="[^"<]*")*)(\/?)>/.exec(rest);
    if (!tag) throw new Error(`no tag: ${rest.slice(0, 80)}`);
    const [whole, close, name = "", attributes = "", self] = tag;
    rest = rest.slice(whole.length);
    if (close) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    if (!self) open.push(name);
    const pairs = [...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(
      ([, key = "", value = ""]) => [key, decodeXml(value)],
    );
    elements.push({
      name,
      ...Object.fromEntries(pairs.map(([key, value]) => [key === "name" ? "called" : key, value])),
    });
  }
  if (open.length > 0) throw new Error(`${open.join()} stays open`);
  return elements;
}

function decodeXml(text: string): string {
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code === undefined ? (names[name] ?? "?") : String.fromCharCode(Number(code)),
  );
}

describe("text for people", () => {
  it("shows the line and a caret below the place", () => {
    const fault: Fault = {
      ...HOSTILE,
      message: "wrong",
      place: { file: "s.yaml", line: 2, column: 9, path: "a.b" },
    };
    expect(renderFaults([fault], "one\n  when: above\n", PLAIN)).toBe(
      `s.yaml:2:9 error a.b
  wrong [promql-syntax]
  2 │   when: above
    │         ^
  → a, b: c
`,
    );
  });

  it("keeps the caret below wide letters, and cuts long lines around it", () => {
    const place = { file: "s.yaml", line: 1, column: 7, path: "" };
    const wide = renderFaults([{ ...HOSTILE, place }], 'a: "日本" x', PLAIN).split("\n");
    expect(wide.at(-3)).toBe("    │         ^");
    const long = `a: ${"x".repeat(500)}!${"y".repeat(500)}`;
    const cut = renderFaults([{ ...HOSTILE, place: { ...place, column: 504 } }], long, PLAIN);
    const [frame = "", caret = ""] = cut.split("\n").slice(-4);
    expect(frame.length).toBeLessThan(130);
    expect(frame[caret.indexOf("^")]).toBe("!");
  });

  it("shows no control characters of the file", () => {
    const shown = renderFaults([HOSTILE], "\u001b[31mred\u0007\n\u001b]0;title\u0007x", PLAIN);
    expect(shown.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("counts in words", () => {
    const warning: Fault = { check: "x", severity: "warning", message: "m" };
    expect(summarizeFaults([HOSTILE, warning, warning])).toBe("1 error, 2 warnings");
    expect(summarizeFaults([{ ...warning, severity: "info" }])).toBe("1 for your information");
  });
});

describe("the place of a part of a query", () => {
  const source = `alerts:
  - name: A
    promql: sum(x) > rate(y)
  - name: B
    promql: |
      sum by (job) (
        rate(y)
      ) > 5
  - name: C
    promql: "a{b=\\"c\\"} > rate(y)"
`;
  const document = parseDocument(source);
  const query = (index: number) => String(document.getIn(["alerts", index, "promql"]));
  const place = (line: number, column: number) => ({ file: "s", line, column, path: "" });

  it.each([
    [0, 3, 13, 3, 22],
    [1, 5, 13, 7, 9],
  ])("of alert %i is found", (index, line, column, atLine, atColumn) => {
    const text = query(index);
    const found = locate(source.split("\n"), place(line, column), text, text.indexOf("rate"));
    expect(found).toMatchObject({ line: atLine, column: atColumn });
  });

  it("with escapes is the place of the query", () => {
    const text = query(2);
    const found = locate(source.split("\n"), place(10, 13), text, text.indexOf("rate"));
    expect(found).toMatchObject({ line: 10, column: 13 });
  });
});
