import { FARO, METRIC } from "@sightline/core";
import { afterEach, describe, expect, it } from "vitest";
import { META, STACKS, thrown } from "../support/pages.ts";
import { payloadOf } from "../support/real-faro.ts";
import { NOW, type Rig, startRig } from "../support/rig.ts";

let rig: Rig;
afterEach(() => rig.close());

const TRACE = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

describe("an intake given what the real Faro sends", () => {
  it("keeps a line of the console with its level, trace, page and people", async () => {
    rig = await startRig();
    const payload = payloadOf(META, (api) =>
      api.pushLog(["paid by card"], {
        level: "warn" as never,
        context: { order: "17" },
        spanContext: TRACE,
        timestampOverwriteMs: NOW + 5,
      }),
    );
    expect(await rig.intake.take(rig.beacon(payload))).toEqual({
      status: "safe",
      items: 1,
      dropped: 0,
    });
    const [line] = rig.ofKind("log");
    expect(line).toMatchObject({
      body: "paid by card",
      severityText: "warn",
      severityNumber: 13,
      traceId: TRACE.traceId,
      spanId: TRACE.spanId,
      resource: {
        "service.name": "shop-web",
        "service.version": "1.4.2",
        "deployment.environment.name": "production",
        "host.name": "vm-1",
      },
      attributes: {
        kind: "log",
        "session.id": "session-1",
        "browser.route": "/orders/:id",
        "user_agent.name": "Chrome",
        "user_agent.version": "140.0.0.0",
        "user_agent.os.name": "Windows",
        "browser.language": "de",
        "browser.mobile": false,
        context: '{"order":"17"}',
      },
    });
    expect(line?.attributes["user.hash"]).toMatch(/^[\da-f]{16}$/);
    expect(line?.attributes["visitor.hash"]).toMatch(/^[\da-f]{16}$/);
    expect(line?.attributes["visitor.hash"]).not.toBe(line?.attributes["user.hash"]);
    expect(line?.timeUnixNano.slice(0, 13)).toBe(String(NOW + 5));
    expect(line?.observedTimeUnixNano).toBe(line?.timeUnixNano);
  });

  it("keeps an error as a line with its stack and as a compact record", async () => {
    rig = await startRig();
    const payload = payloadOf(META, (api) =>
      api.pushError(thrown(STACKS.chrome), {
        context: {
          [FARO.exceptionContext.handled]: "false",
          [FARO.exceptionContext.n]: "3",
          [FARO.exceptionContext.trail]: JSON.stringify([
            { at: NOW - 100, kind: "click", text: 'button "Pay"', secret: "gone" },
          ]),
          [FARO.exceptionContext.causes]: JSON.stringify([
            {
              type: "Error",
              message: "no cart",
              stack:
                "Error: no cart\n    at load (https://shop.example/assets/cart-BaS3fGHj.js:1:99)",
            },
          ]),
          [FARO.exceptionContext.componentStack]: "    at Cart\n    at App",
        },
        spanContext: TRACE,
        timestampOverwriteMs: NOW,
      }),
    );
    await rig.intake.take(rig.beacon(payload));
    const [line] = rig.ofKind("log");
    const [record] = rig.ofKind("error");
    expect(line?.body).toBe(`TypeError: Cannot read properties of undefined (reading 'total')
    at Object.sumOf (https://shop.example/assets/cart-BaS3fGHj.js:1:2034)
    at HTMLButtonElement.onPay (https://shop.example/assets/main-Zx81kQwe.js:2:77)
Caused by: Error: no cart
    at load (https://shop.example/assets/cart-BaS3fGHj.js:1:99)
In components:
    at Cart
    at App`);
    expect(line).toMatchObject({ severityText: "error", eventName: "exception" });
    expect(line?.attributes).toMatchObject({
      "exception.type": "TypeError",
      "exception.message": "Cannot read properties of undefined (reading 'total')",
      handled: false,
      n: 3,
      unresolved_frames: "no_debug_id=3",
      trail: JSON.stringify([{ at: NOW - 100, kind: "click", text: 'button "Pay"' }]),
    });
    expect(record?.attributes).toMatchObject({
      kind: "error",
      fp: line?.attributes["fp"],
      fpx: line?.attributes["fpx"],
      fp_t: "TypeError: cannot read total of undefined at sumOf (cart)",
      exception_type: "TypeError",
      handled: false,
      release: "1.4.2",
      session_id: "session-1",
      user_hash: line?.attributes["user.hash"],
      visitor_hash: line?.attributes["visitor.hash"],
      n: 3,
    });
    expect(record?.traceId).toBe(TRACE.traceId);
    expect(rig.counted(METRIC.gatewayStackFrames, { outcome: "no_debug_id" })).toBe(3);
  });

  it("gives one fingerprint to one error of three engines", async () => {
    rig = await startRig();
    for (const error of Object.values(STACKS)) {
      const payload = payloadOf(META, (api) =>
        api.pushError(thrown(error), { timestampOverwriteMs: NOW }),
      );
      await rig.intake.take(rig.beacon(payload));
    }
    const records = rig.ofKind("error");
    expect(records).toHaveLength(3);
    expect(new Set(records.map(({ attributes }) => attributes["fp"])).size).toBe(1);
    expect(new Set(records.map(({ attributes }) => attributes["fpx"])).size).toBe(1);
  });

  it("keeps a web vital as a line and in a metric whose labels are closed lists", async () => {
    rig = await startRig();
    const payload = payloadOf(META, (api) => {
      api.pushMeasurement(
        { type: "web-vitals", values: { lcp: 2600.5, delta: 2600.5, element_render_delay: 120 } },
        { context: { id: "v4-1", rating: "a rating of its own", element: "#hero>img" } },
      );
      api.pushMeasurement({ type: "web-vitals", values: { cls: 0.02 } });
      api.pushMeasurement({ type: "web-vitals", values: { fcp: 1e12 } });
    });
    await rig.intake.take(rig.beacon(payload));
    expect(rig.ofKind("log").map(({ body }) => body)).toEqual([
      "LCP 2601 ms needs-improvement",
      "CLS 0.020 good",
      "web-vitals fcp=1000000000000",
    ]);
    expect(rig.ofKind("log")[0]).toMatchObject({
      eventName: "browser.web_vital",
      attributes: {
        "browser.web_vital.name": "LCP",
        "browser.web_vital.value": 2600.5,
        "browser.web_vital.rating": "needs-improvement",
        context: '{"element":"#hero>img","element_render_delay":120}',
      },
    });
    const collected = rig.store.collect().flatMap(({ instruments }) => instruments);
    const vitals = collected.find(({ name }) => name === METRIC.browserWebVitalDuration);
    expect(vitals?.series.map(({ attributes }) => attributes)).toEqual([
      { "browser.web_vital.name": "LCP", "browser.web_vital.rating": "needs-improvement" },
    ]);
    expect(rig.counted(METRIC.browserLayoutShift)).toBe(1);
  });

  it("tells navigations, clicks, failed requests and events of the page's own in lines", async () => {
    rig = await startRig();
    const { event } = FARO;
    const payload = payloadOf(META, (api) => {
      api.pushEvent(event.navigation, { "url.path": "/cart", "browser.route": "/cart" });
      api.pushEvent(event.userAction, { element: 'button#pay "Pay now"' });
      api.pushEvent(event.requestFailed, {
        "http.request.method": "POST",
        "url.full": "https://api.example/orders?card=4111",
        "http.response.status_code": "503",
        "error.type": "503",
        "http.client.request.duration": "1.250",
      });
      api.pushEvent("coupon_used", { percent: "10" });
    });
    await rig.intake.take(rig.beacon(payload));
    const lines = rig.ofKind("log");
    expect(lines.map(({ body }) => body)).toEqual([
      "navigation /cart",
      'click button#pay "Pay now"',
      "POST https://api.example/orders failed: 503 after 1.25 s",
      "coupon_used percent=10",
    ]);
    expect(lines.map(({ eventName }) => eventName)).toEqual([
      "browser.navigation",
      "browser.user_action.click",
      "browser.request_failed",
      "",
    ]);
    expect(lines[2]).toMatchObject({
      severityText: "warn",
      attributes: { "http.response.status_code": 503, "url.full": "https://api.example/orders" },
    });
  });

  it("writes one session record for each sign of life an hour", async () => {
    rig = await startRig();
    const { event } = FARO;
    const payload = payloadOf(META, (api) => {
      api.pushEvent(event.sessionStart, {}, undefined, { timestampOverwriteMs: NOW });
      api.pushError(thrown(STACKS.chrome), { timestampOverwriteMs: NOW + 1 });
      api.pushEvent(event.sessionEnd, {}, undefined, { timestampOverwriteMs: NOW + 2 });
    });
    await rig.intake.take(rig.beacon(payload));
    const later = payloadOf(META, (api) => {
      api.pushLog(["again"], { timestampOverwriteMs: NOW + 60_000 });
      api.pushLog(["an hour later"], { timestampOverwriteMs: NOW + 3_600_000 });
    });
    const hour = NOW + 3_600_000;
    await rig.intake.take(rig.beacon(later, { receivedAtMillis: hour, sentAtMillis: hour }));
    const sessions = rig.ofKind("session");
    expect(sessions.map(({ attributes }) => attributes["state"]).sort()).toEqual([
      "active",
      "active",
      "end",
      "errored",
      "start",
    ]);
    const starts = sessions.filter(({ attributes }) => attributes["state"] === "start");
    expect(starts[0]?.attributes["session.previous_id"]).toBe("session-0");
    expect(starts[0]?.eventName).toBe("session.start");
    const { ui, ur, user_hash: user } = sessions[0]?.attributes ?? {};
    expect(Number.parseInt(String(user).slice(0, 2), 16)).toBe(ui);
    expect(ur).toBeGreaterThan(0);
    expect(rig.ofKind("log").map(({ body }) => body)).toHaveLength(3);
  });

  it("counts what the page says that it lost, by reasons that are known", async () => {
    rig = await startRig();
    const payload = payloadOf(META, (api) =>
      api.pushMeasurement({
        type: FARO.lostMeasurement,
        values: { queue_full: 7, rate_limited: 2, "made up": 5, __proto__: 1 },
      }),
    );
    await rig.intake.take(rig.beacon(payload));
    expect(rig.counted(METRIC.droppedRecords, { reason: "queue_full" })).toBe(7);
    expect(rig.counted(METRIC.droppedRecords)).toBe(9);
    expect(rig.records()).toEqual([]);
  });

  it("rebuilds spans under the app's own resource", async () => {
    rig = await startRig();
    const span = {
      ...TRACE,
      name: "POST",
      kind: 3,
      startTimeUnixNano: `${NOW}000000`,
      endTimeUnixNano: `${NOW + 120}000000`,
      attributes: [
        {
          key: "url.full",
          value: { stringValue: "https://api.example/pay?card=4111111111111111" },
        },
        { key: "service.name", value: { stringValue: "somebody else" } },
      ],
      status: { code: 2 },
    };
    const payload = {
      meta: META,
      traces: {
        resourceSpans: [
          {
            resource: { attributes: [{ key: "service.name", value: { stringValue: "evil" } }] },
            scopeSpans: [{ scope: { name: "evil" }, spans: [span, { ...span, traceId: "zz" }] }],
          },
        ],
      },
    };
    expect(await rig.intake.take(rig.beacon(payload))).toEqual({
      status: "safe",
      items: 1,
      dropped: 1,
    });
    const [request] = rig.collector.requests.filter(({ path }) => path === "/v1/traces");
    const text = request?.body.toString("latin1") ?? "";
    expect(text).toContain("shop-web");
    expect(text).toContain("https://api.example/pay");
    expect(text).not.toMatch(/evil|somebody else|4111/);
    expect(rig.counted(METRIC.droppedRecords, { reason: "malformed", signal: "traces" })).toBe(1);
  });
});

describe("an intake given what is no payload of Faro", () => {
  it("says so, and keeps nothing", async () => {
    rig = await startRig();
    for (const payload of [null, 7, "x", [], {}, { logs: "x" }, { resourceLogs: [] }]) {
      expect(await rig.intake.take(rig.beacon(payload))).toEqual({ status: "malformed" });
    }
    expect(rig.records()).toEqual([]);
  });

  it("keeps the good items beside bad ones, and counts the bad", async () => {
    rig = await startRig();
    const payload = {
      meta: [],
      logs: [null, 1, { message: {} }, { message: "kept", level: 7, timestamp: {} }, ["x"]],
      events: { 0: "x" },
      exceptions: [{}],
    };
    expect(await rig.intake.take(rig.beacon(payload))).toEqual({
      status: "safe",
      items: 1,
      dropped: 6,
    });
    expect(rig.records().map(({ body }) => body)).toEqual(["kept"]);
    expect(rig.counted(METRIC.droppedRecords, { reason: "malformed" })).toBe(6);
  });
});
