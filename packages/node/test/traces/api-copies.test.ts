import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeApiCopies, findApiCopies } from "../../src/traces/api-copies.ts";

const folder = mkdtempSync(join(tmpdir(), "sightline-copies-"));
const api = join(folder, "node_modules/@opentelemetry/api");

beforeAll(() => {
  mkdirSync(api, { recursive: true });
  writeFileSync(
    join(api, "package.json"),
    JSON.stringify({ name: "@opentelemetry/api", version: "1.12.3", main: "index.js" }),
  );
  writeFileSync(join(api, "index.js"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

it("finds the copy that the application would get", () => {
  const { own, others } = findApiCopies(join(folder, "app.js"));

  expect(own?.version).toBe("1.10.0");
  expect(others).toEqual([{ directory: api, version: "1.12.3" }]);
});

it("names the copies, what follows, and what to do, where a newer one is not heard", () => {
  expect(describeApiCopies(findApiCopies(join(folder, "app.js")), false)).toBe(
    `there are several copies of @opentelemetry/api: 1.10.0 of this package, 1.12.3 in ${api}; ` +
      'what is recorded through the newer one is lost. "npm ls @opentelemetry/api" shows who asks ' +
      'for them, "npm dedupe" often helps',
  );
});

it("says nothing of an older copy that works, nor of one copy alone", () => {
  const own = { directory: "/a/node_modules/@opentelemetry/api", version: "1.10.0" };
  const older = { directory: "/b/node_modules/@opentelemetry/api", version: "1.9.0" };

  expect(describeApiCopies({ own, others: [older] }, false)).toBeUndefined();
  expect(describeApiCopies({ own, others: [] }, true)).toBeUndefined();
  expect(describeApiCopies({ own, others: [older] }, true)).toContain("the older one came first");
});

it.each([undefined, "", "pm2 launcher", "\0", "/no/such/script.js"])(
  "takes %j for the path of the script",
  (script) => {
    expect(() => findApiCopies(script)).not.toThrow();
  },
);
