/** What is secret or personal leaves the process by no way: not on the wire, not to disk, not to stderr. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openReceiver } from "./support/otlp-receiver.ts";
import { type DataDirectory, makeDataDirectory, runApp } from "./support/run-app.ts";

const SECRET = /hunter2|ann\.smith|eyJhbGciOiJI/;
/** Stands beside the secrets, so that a test in which nothing arrived cannot pass. */
const KEPT = [
  "signed in as",
  "calling with",
  "nested",
  "an object as message",
  "/reset/",
  "kept-tag",
  "library says",
  "kept-attribute",
];

let data: DataDirectory;

beforeEach(() => {
  data = makeDataDirectory();
});

afterEach(() => data.remove());

function run(endpoint: string) {
  const nodeArgs = ["--import", "@sightline/node/register"];
  const env = { OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20hunter2-header" };
  return runApp("secrets.mjs", { endpoint, dataDirectory: data.path, nodeArgs, env }).ended;
}

function expectNoSecret(text: string): void {
  for (const kept of KEPT) expect(text).toContain(kept);
  expect(SECRET.exec(text)).toBeNull();
}

it("no request holds a secret", async () => {
  const receiver = await openReceiver();
  const end = await run(receiver.endpoint);
  await receiver.close();

  // Text stands in protobuf as it is.
  expectNoSecret(receiver.bodies.map((body) => body.toString("latin1")).join("\n"));
  expect(end).toMatchObject({ code: 0, stdout: "" });
  expect(end.stderr).not.toMatch(SECRET);
});

it("no file of the spool holds a secret", async () => {
  const end = await run("http://127.0.0.1:1");

  const files = readdirSync(data.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  expectNoSecret(files.join("\n"));
  expect(end.stderr).toContain("does not answer");
  expect(end.stderr).not.toMatch(SECRET);
});
