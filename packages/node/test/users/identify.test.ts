import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { userHash } from "@sightline/wire";
import { expect, it } from "vitest";
import type { ReceivedLog } from "../support/otlp-proto.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { type App, runApp } from "../support/run-app.ts";

const SECRET = "hunter2 hunter2 hunter2";
const ANN = "ann.smith@example.org";
const BOB = "bob";
const bed = useReceiverBed();

async function startUsers(env: Record<string, string> = { SIGHTLINE_USER_SECRET: SECRET }) {
  const app: App = runApp("users.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    env: { OTEL_RESOURCE_ATTRIBUTES: "service.version=2.0.0", ...env },
  });
  const port = /port=(\d+);/.exec(await app.prints(";"))?.[1];
  const get = async (path: string, user = "", session = ""): Promise<void> => {
    const headers = { "x-user": user, ...(session === "" ? {} : { "x-session": session }) };
    await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).text();
  };
  return { app, get };
}

function ofKind(kind: string): ReceivedLog[] {
  const { logs, errors } = bed.receiver;
  return [...logs, ...errors].filter(({ attributes }) => attributes["kind"] === kind);
}

function sessions(): string[] {
  return ofKind("session").map(
    ({ attributes }) => `${attributes["user_hash"]} ${String(attributes["state"])}`,
  );
}

const annHash = userHash(ANN, SECRET);
const bobHash = userHash(BOB, SECRET);

it("lines, errors and spans of a request carry its user, whatever runs beside it", async () => {
  const { app, get } = await startUsers();
  await Promise.all([get("/", ANN, "s-1"), get("/", BOB), get("/")]);
  await get("/broken", ANN);
  await get("/handled", BOB);
  app.child.kill("SIGTERM");
  await app.ended;

  const usersOf = (body: string) =>
    ofKind("log")
      .filter((log) => log.body === body)
      .map(({ attributes }) => attributes["user.hash"] ?? "nobody")
      .sort();
  for (const body of ["before", "after"]) {
    expect(usersOf(body)).toEqual([annHash, bobHash, "nobody"].sort());
  }
  const after = ofKind("log").filter(({ body }) => body === "after");
  expect(after.map(({ attributes }) => attributes["session.id"]).filter(Boolean)).toEqual(["s-1"]);

  const errors = ofKind("error").map(({ attributes }) => [
    String(attributes["fp_t"]).includes("luck") ? "broken" : "handled",
    attributes["user_hash"],
  ]);
  expect(errors).toEqual([
    ["broken", annHash],
    ["handled", bobHash],
  ]);

  const spans = bed.receiver.spans.map(({ attributes }) => attributes["user.hash"] ?? "nobody");
  expect(spans.sort()).toEqual([annHash, annHash, bobHash, bobHash, "nobody"].sort());

  expect(sessions().sort()).toEqual(
    [`${annHash} active`, `${bobHash} active`, `${annHash} errored`].sort(),
  );
  expect(ofKind("session")[0]).toMatchObject({
    severityNumber: 9,
    attributes: { release: "2.0.0", ui: expect.any(Number), ur: expect.any(Number) },
  });
});

it("the user whose request kills the process has met an error, which the next start tells", async () => {
  const { app, get } = await startUsers();
  const left = get("/dies", ANN).catch(() => undefined);
  expect((await app.ended).code).not.toBe(0);
  await left;

  const next = await startUsers();
  await bed.receiver.until(() => sessions().length >= 2);
  next.app.child.kill("SIGTERM");
  await next.app.ended;
  expect(new Set(sessions())).toEqual(new Set([`${annHash} active`, `${annHash} errored`]));
});

it("work outside of a request belongs to the user of withUser alone", async () => {
  const { app, get } = await startUsers();
  await get("/job", ANN);
  app.child.kill("SIGTERM");
  await app.ended;

  const workerHash = userHash("worker@example.org", SECRET);
  const [line] = ofKind("log").filter(({ body }) => body === "in a job");
  expect(line?.attributes["user.hash"]).toBe(workerHash);
  expect(sessions()).toEqual([`${annHash} active`, `${workerHash} active`]);
});

it("neither id nor secret leaves the process: not on the wire, not to disk, not to stderr", async () => {
  const { app, get } = await startUsers();
  await Promise.all([get("/", ANN), get("/job", BOB), get("/broken", ANN)]);
  await bed.receiver.close();
  await get("/", ANN);
  app.child.kill("SIGTERM");
  const end = await app.ended;

  const files = readdirSync(bed.data.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const sent = bed.receiver.bodies.map((body) => body.toString("latin1"));
  expect(files.length).toBeGreaterThan(0);
  const all = [...files, ...sent, end.stdout, end.stderr].join("\n");
  expect(all).toContain(annHash);
  expect(all).not.toMatch(/ann\.smith|hunter2|worker@/);
});

it("without a secret nobody is named, and stderr says once what to set", async () => {
  const { app, get } = await startUsers({});
  await get("/", ANN);
  await get("/broken", BOB);
  app.child.kill("SIGTERM");
  const { stderr } = await app.ended;

  expect(stderr.match(/identify\(\) counts nobody/g)).toHaveLength(1);
  expect(stderr).toContain("SIGHTLINE_USER_SECRET");
  expect(sessions()).toEqual([]);
  expect(JSON.stringify([bed.receiver.logs, bed.receiver.errors])).not.toMatch(/user.hash/);
});

it("a secret that is too short is refused without being repeated", async () => {
  const { app, get } = await startUsers({ SIGHTLINE_USER_SECRET: "hunter2" });
  await get("/", ANN);
  app.child.kill("SIGTERM");
  const { stderr } = await app.ended;

  expect(stderr).toContain("SIGHTLINE_USER_SECRET: expected a text of at least 16 characters");
  expect(stderr).not.toContain("hunter2");
  expect(sessions()).toEqual([]);
});

it("where lines are only printed they carry the user, and users are counted all the same", async () => {
  const { app, get } = await startUsers({
    SIGHTLINE_USER_SECRET: SECRET,
    SIGHTLINE_LOGS: "stdout",
  });
  await get("/", ANN);
  app.child.kill("SIGTERM");
  const { stdout } = await app.ended;

  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  const users = lines.map((line) => (JSON.parse(line) as Record<string, string>)["user.hash"]);
  expect(users).toEqual([annHash, annHash]);
  expect(ofKind("log")).toEqual([]);
  expect(sessions()).toEqual([`${annHash} active`]);
});

it("users beyond those that are kept one by one are counted in a metric", async () => {
  const { app, get } = await startUsers({
    SIGHTLINE_USER_SECRET: SECRET,
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
  });
  await get("/crowd");
  const point = () => bed.receiver.point("sightline.users.over_limit");
  await bed.receiver.until(() => point() !== undefined);
  expect(point()).toMatchObject({ value: 10, unit: "{sign}" });
  app.child.kill("SIGTERM");
  await app.ended;
});
