import { afterEach, describe, expect, it } from "vitest";
import { NOW, type Rig, startRig } from "../support/rig.ts";

const META = {
  app: { name: "shop", version: "1.4.2", installationId: "inst-1" },
  user: { id: "user-1" },
  session: { id: "session-1" },
  page: { url: "https://shop.example/orders/17?token=x" },
  browser: { name: "Chrome", version: "140.0.0.0", os: "Linux ", mobile: false, language: "de" },
};
const at = (millis: number): string => new Date(NOW + millis).toISOString();

let rig: Rig;
afterEach(() => rig.close());

describe("an intake", () => {
  it("makes lines, errors and sessions of a payload", async () => {
    rig = await startRig();
    const payload = {
      meta: META,
      logs: [{ message: "hello", level: "warn", timestamp: at(0), context: { order: "17" } }],
      exceptions: [
        {
          type: "TypeError",
          value: "cart.total is not a function",
          timestamp: at(1),
          stacktrace: {
            frames: [
              { function: "pay", filename: "https://shop.example/a.js", lineno: 1, colno: 9 },
            ],
          },
        },
      ],
    };
    expect(await rig.intake.take(rig.beacon(payload))).toEqual({
      status: "safe",
      items: 2,
      dropped: 0,
    });
    expect(rig.ofKind("log").map(({ body }) => body)).toEqual([
      "TypeError: cart.total is not a function\n    at pay (https://shop.example/a.js:1:9)",
      "hello",
    ]);
    expect(rig.ofKind("error")).toHaveLength(1);
    expect(rig.ofKind("session").map(({ attributes }) => attributes["state"])).toEqual([
      "active",
      "errored",
    ]);
  });
});
