import { cpSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { openReceiver } from "./support/otlp-receiver.ts";
import { makeDataDirectory, runApp } from "./support/run-app.ts";

it("captures the lines of several copies of winston", async () => {
  const receiver = await openReceiver();
  const data = makeDataDirectory();
  const winston = dirname(createRequire(import.meta.url).resolve("winston/package.json"));
  const copy = join(realpathSync(data.path), "app", "node_modules", "winston");
  mkdirSync(copy, { recursive: true });
  cpSync(winston, copy, { recursive: true });
  writeFileSync(join(data.path, "package.json"), "{}");

  const end = await runApp("two-winstons.cjs", {
    endpoint: receiver.endpoint,
    dataDirectory: data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
    env: { OTHER_WINSTON: copy, NODE_PATH: dirname(winston) },
  }).ended;

  expect(end).toMatchObject({ code: 0 });
  expect(end.stdout).toContain("copies=2");
  expect(receiver.logs.map((log) => log.body).sort()).toEqual(["from one", "from two"]);
  await receiver.close();
  data.remove();
});
