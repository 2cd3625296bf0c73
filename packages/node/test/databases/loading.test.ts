import { expect, it } from "vitest";
import { useReceiverBed } from "../support/receiver-bed.ts";
import { runApp } from "../support/run-app.ts";

const bed = useReceiverBed();

it("patches the drivers, and leaves Node's own require as it was", async () => {
  const end = await runApp("databases/untouched.cjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
    nodeArgs: ["--import", "@sightline/node/register"],
  }).ended;

  expect(end).toMatchObject({ code: 0 });
  expect(JSON.parse(end.stdout)).toEqual({ isWrapped: true, isSame: true });
});
