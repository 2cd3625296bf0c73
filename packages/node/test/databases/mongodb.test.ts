import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMongodb, whyNoMongodb } from "../../../../test/harness/mongodb.ts";
import type { TempServer } from "../../../../test/harness/temp-server.ts";
import { makeNpmProject, type NpmProject } from "../support/npm-project.ts";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const DURATION = "db.client.operation.duration";

const bed = useReceiverBed();
const project: NpmProject | undefined =
  whyNoMongodb === undefined
    ? makeNpmProject(["mongodb@7", "@opentelemetry/api@1.10.0"])
    : undefined;
const reason = whyNoMongodb ?? project?.problem;
afterAll(() => project?.remove());

describe.skipIf(reason !== undefined)(
  `MongoDB${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let server: TempServer;
    beforeAll(async () => {
      server = await startMongodb();
    });
    afterAll(() => server?.stop());

    it("gets a span for each command of a request from an ES module, without its values", async () => {
      const script = project?.add("databases/mongodb.mjs") ?? "";
      const end = await runApp(script, {
        endpoint: bed.receiver.endpoint,
        dataDirectory: bed.data.path,
        // A path, because --import looks from the working directory, which is not the project's.
        nodeArgs: ["--import", import.meta.resolve("@sightline/node/register")],
        env: { DB_PORT: `${server.port}` },
      }).ended;

      expect(end).toMatchObject({ code: 0 });
      const request = bed.receiver.spans.find(({ name }) => name === "request");
      const commands = bed.receiver.spans.filter(
        ({ attributes }) => "db.system.name" in attributes,
      );
      expect(commands.map(({ name }) => name)).toEqual([
        "insert users",
        "find users",
        "insert users",
      ]);
      expect(commands.every(({ parentSpanId }) => parentSpanId === request?.spanId)).toBe(true);
      expect(commands[1]?.attributes).toMatchObject({
        "db.system.name": "mongodb",
        "db.namespace": "shop",
        "db.collection.name": "users",
        "db.operation.name": "find",
        "server.port": server.port,
      });
      expect(commands[1]?.attributes["db.query.text"]).toContain(
        '"filter":{"email":"?","age":{"$gt":"?"}}',
      );
      expect(JSON.stringify(bed.receiver.bodies.map(String))).not.toMatch(/ada@|grace@/);
      // The one before any request is measured, and makes no trace.
      expect(bed.receiver.point(DURATION, { "db.operation.name": "insert" })?.count).toBe(3);
    });
  },
);
