import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createDockerClient, type DockerClient } from "../../src/docker/docker-client.ts";

async function clientOf(listener: RequestListener): Promise<DockerClient> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return createDockerClient({ kind: "http", host: "127.0.0.1", port });
}

const answering = (body: string): Promise<DockerClient> =>
  clientOf((_request, response) => response.end(body));

const INSPECT = {
  Id: "c1",
  Name: "/web",
  Created: "2026-11-23T08:00:00Z",
  Image: "sha256:1",
  State: { Status: "running", Running: true },
  Config: { Image: "web:1" },
  HostConfig: { LogConfig: { Type: "json-file" } },
};

test("hands on what an engine says of a container", async () => {
  const client = await answering(JSON.stringify(INSPECT));
  expect(await client.inspect("c1")).toEqual({ status: "ok", value: INSPECT });
});

test.each([
  "null",
  "[]",
  "{}",
  '"text"',
  JSON.stringify({ ...INSPECT, State: null }),
  JSON.stringify({ ...INSPECT, HostConfig: {} }),
  JSON.stringify({ ...INSPECT, Name: 7 }),
])("an inspect answered with %s is a failure that says what was expected", async (body) => {
  const client = await answering(body);
  const answer = await client.inspect("c1");
  expect(answer).toMatchObject({ status: "failed", isAway: false });
  expect(answer).toHaveProperty("message", expect.stringContaining("expected a Docker engine"));
});

test.each(["null", "{}", "[null]", '[{"Names":[]}]', "<html>", '[{"Id":"c1"'])(
  "a list answered with %s is a failure",
  async (body) => {
    const client = await answering(body);
    expect(await client.list()).toMatchObject({ status: "failed" });
  },
);

test("a log refused by an answer that breaks off is a failure, not a wait for ever", async () => {
  const client = await clientOf((_request, response) => {
    response.writeHead(501);
    response.write("configured logging driver does not support reading", () => response.destroy());
  });
  const answer = await client.logs("c1", { follow: true }, new AbortController().signal);
  expect(answer).toMatchObject({ status: "failed", message: expect.stringContaining("HTTP 501") });
});

test("names of containers cannot leave their place in the path", async () => {
  const paths: string[] = [];
  const client = await clientOf((request, response) => {
    paths.push(request.url ?? "");
    response.end(JSON.stringify(INSPECT));
  });
  await client.inspect("../../secrets?x=1#y");
  expect(paths).toEqual(["/containers/..%2F..%2Fsecrets%3Fx%3D1%23y/json"]);
});
