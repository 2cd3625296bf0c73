import { expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const bed = useReceiverBed();
const run = (env: Record<string, string>) =>
  runApp("handler-throws.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    env,
  }).ended;

it("says of a request that it has failed when its handler threw", async () => {
  const { stdout, code } = await run({ OWN_HANDLER: "1" });
  const [, text = "{}"] = /ended (.*?);/.exec(stdout) ?? [];
  expect(JSON.parse(text)).toMatchObject({
    scope: { hasFailed: true },
    outcome: { isAborted: true },
  });
  expect(code).toBe(0);
});

it("leaves the end of the process to Node, which shows the line that threw", async () => {
  const { stderr, code } = await run({});
  expect(code).toBe(1);
  expect(stderr).toMatch(/handler-throws\.mjs:\d+\n\s+throw new Error\("from the handler"\);/);
});
