import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DoorRig, startDoor } from "../support/door-rig.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-gateway-script-"));
const path = join(folder, "sightline.js");
const text = `/* ${"x".repeat(500)} */`;
writeFileSync(path, text);
afterAll(() => rmSync(folder, { recursive: true }));

let rig: DoorRig;
beforeEach(async () => {
  rig = await startDoor({ scriptPath: path });
});
afterEach(() => rig.close());

const get = (headers: Record<string, string> = {}, method = "GET") =>
  rig.send({ method, path: "/b.js", headers });

describe("the script for pages without a build", () => {
  it("comes as a script that any page may load and keep", async () => {
    const answer = await get();
    expect(answer).toMatchObject({ status: 200, body: text });
    expect(answer.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=3600",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    });
  });

  it("is not sent again to whom has it", async () => {
    const { headers } = await get();
    const again = await get({ "if-none-match": String(headers["etag"]) });
    expect(again).toMatchObject({ status: 304, body: "" });
    expect((await get({ "if-none-match": '"another"' })).status).toBe(200);
  });

  it("is compressed for who takes that", async () => {
    const response = await fetch(`http://127.0.0.1:${rig.port}/b.js`, {
      headers: { "accept-encoding": "gzip" },
    });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(text);
    const raw = await get({ "accept-encoding": "br, gzip" });
    expect(Number(raw.headers["content-length"])).toBeLessThan(text.length);
  });

  it("has a head without it, and no other method", async () => {
    const head = await get({}, "HEAD");
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(head.headers["content-length"]).toBe(String(text.length));
    expect(await get({}, "DELETE")).toMatchObject({ status: 405 });
  });

  it("is missing, and told so, where the package is not installed", async () => {
    const other = await startDoor({ scriptPath: join(folder, "none.js") });
    expect((await other.send({ method: "GET", path: "/b.js" })).status).toBe(404);
    await other.close();
  });
});
