import { FARO } from "@sightline/core";
import { afterEach, describe, expect, it } from "vitest";
import { at, META } from "../support/pages.ts";
import { NOW, type Rig, startRig } from "../support/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

const CANARY = "c4n4ry";
/** Secrets as they are found in texts, each with the canary in it. */
const SECRETS = [
  `password=${CANARY}1`,
  `Authorization: Bearer ${CANARY}2abcdefghij`,
  `${CANARY}3@example.com`,
  `https://user:${CANARY}4@shop.example/path?token=${CANARY}5#${CANARY}6`,
  `"apiKey": "${CANARY}7"`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI${CANARY}8In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
].join(" ; ");
const SCRIPT = `<script>alert(1)</script>\u001b[31m\u0000\ud800 ${SECRETS}`;
const KEYS = FARO.exceptionContext;

/** A payload with a text in every field that takes one. */
function filled(text: string): unknown {
  const item = {
    timestamp: at(0),
    trace: { trace_id: text, span_id: text },
    context: { note: text },
  };
  return {
    meta: {
      app: { name: text, version: text, release: text, environment: text, namespace: text },
      user: { email: text, username: text, fullName: text, attributes: { x: text } },
      session: { id: text, attributes: { previousSession: text } },
      page: { id: text, url: text, attributes: { x: text } },
      view: { name: text },
      browser: { name: text, version: text, os: text, language: text, userAgent: text },
      sdk: { name: text },
    },
    logs: [{ ...item, message: text, level: text }],
    events: [
      { ...item, name: text, domain: text, attributes: { a: text } },
      { ...item, name: "ok", attributes: { [text]: text, "url.full": text, element: text } },
      { ...item, name: FARO.event.requestFailed, attributes: { "http.request.method": text } },
    ],
    measurements: [
      { ...item, type: text, values: { [text]: 1 } },
      { ...item, type: "m", values: { [text]: 1, ok: 2 }, context: { rating: text, x: text } },
    ],
    exceptions: [
      {
        ...item,
        type: text,
        value: text,
        fingerprint: text,
        stacktrace: {
          frames: [{ function: text, filename: text, lineno: 1, colno: 1, bundleid: text }],
        },
        context: {
          [KEYS.trail]: JSON.stringify([{ at: NOW, kind: "click", text }]),
          [KEYS.causes]: JSON.stringify([{ type: text, message: text, stack: text }]),
          [KEYS.componentStack]: text,
          [KEYS.handled]: text,
          [KEYS.n]: text,
          cause: text,
          note: text,
        },
      },
    ],
    traces: {
      resourceSpans: [
        {
          resource: { attributes: [{ key: text, value: { stringValue: text } }] },
          scopeSpans: [
            {
              scope: { name: text },
              spans: [
                {
                  traceId: "0af7651916cd43dd8448eb211c80319c",
                  spanId: "b7ad6b7169203331",
                  name: text,
                  startTimeUnixNano: `${NOW}000000`,
                  endTimeUnixNano: `${NOW}000000`,
                  attributes: [
                    { key: "url.full", value: { stringValue: text } },
                    { key: text, value: { stringValue: text } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  };
}

const sent = (): string =>
  rig.collector.requests.map(({ body }) => body.toString("utf8")).join("\n");

describe("what a page sends", () => {
  it("loses its secrets in every field", async () => {
    rig = await startRig();
    expect(await rig.intake.take(rig.beacon(filled(SECRETS)))).toMatchObject({ status: "safe" });
    expect(sent()).toContain("[redacted:");
    expect(sent()).not.toContain(CANARY);
    expect(JSON.stringify(rig.store.collect())).not.toContain(CANARY);
    expect(rig.said).toEqual([]);
  });

  it("keeps no raw id of a user or a browser", async () => {
    rig = await startRig();
    const meta = { ...META, user: { id: CANARY }, app: { installationId: `${CANARY}-i` } };
    await rig.intake.take(rig.beacon({ meta, logs: [{ message: "x", timestamp: at(0) }] }));
    expect(rig.ofKind("session")).toHaveLength(1);
    expect(sent()).not.toContain(CANARY);
  });

  it("is text and nothing else: no code of terminals, no half of a character", async () => {
    rig = await startRig();
    await rig.intake.take(rig.beacon(filled(SCRIPT)));
    expect(sent()).toContain("<script>alert(1)</script>");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    for (const { body } of rig.records()) expect(body).not.toMatch(/[\u0000\u001b]/);
    expect(sent()).not.toContain(CANARY);
  });

  it("decides neither about service, host and environment nor about the name of any field", async () => {
    rig = await startRig();
    const names = [
      "kind",
      "service.name",
      "host.name",
      "fp",
      "level",
      "detected_level",
      "n",
      "__error__",
    ];
    const own = Object.fromEntries(names.map((name) => [name, "evil"]));
    const item = { timestamp: at(0), context: own };
    await rig.intake.take(
      rig.beacon({
        meta: { app: { name: "evil", namespace: "evil", environment: "evil" } },
        logs: [{ ...item, message: "x" }],
        events: [{ ...item, name: "y", attributes: own }],
        exceptions: [{ ...item, type: "Error", value: "z" }],
        measurements: [{ ...item, type: "q", values: { kind: 1, fp: 2 } }],
      }),
    );
    const records = rig.records();
    expect(records.length).toBeGreaterThan(4);
    for (const { resource, attributes } of records) {
      expect(resource).toEqual({
        "service.name": "shop-web",
        "deployment.environment.name": "production",
        "host.name": "vm-1",
      });
      for (const name of names) expect(attributes[name]).not.toBe("evil");
    }
    const fields = new Set(records.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...fields].filter((name) => name.includes("evil") || name.startsWith("__"))).toEqual(
      [],
    );
  });
});
