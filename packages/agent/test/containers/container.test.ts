import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@sightline/wire";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Container, createContainer } from "../../src/containers/container.ts";
import type { Run } from "../../src/containers/run.ts";
import { createTail } from "../../src/deaths/tail.ts";
import type { ContainerInspect, ContainerState } from "../../src/docker/api-types.ts";
import { createDockerClient } from "../../src/docker/docker-client.ts";

const FIRST_START = "2026-11-23T08:00:00.000Z";
const FIRST_END = "2026-11-23T08:00:00.500Z";
const SECOND_START = "2026-11-23T08:00:01.000Z";

function inspect(state: Partial<ContainerState>): ContainerInspect {
  return {
    Id: "c".repeat(64),
    Name: "/web",
    Created: FIRST_START,
    Image: "sha256:1",
    State: { Status: "running", Running: true, ExitCode: 0, StartedAt: FIRST_START, ...state },
    Config: { Image: "web:1" },
    HostConfig: { LogConfig: { Type: "json-file" } },
  };
}

const EXITED = inspect({ Status: "exited", Running: false, FinishedAt: FIRST_END, ExitCode: 3 });

/** A container whose log is there and empty, and the runs that were told of. */
async function open(first: ContainerInspect): Promise<{ container: Container; over: Run[] }> {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const over: Run[] = [];
  let number = 0;
  const container = createContainer(first, {
    client: createDockerClient({ kind: "http", host: "127.0.0.1", port }),
    clock: systemClock,
    firstSince: undefined,
    openRun: (_inspect, facts, startedUnixMillis) => {
      number += 1;
      return {
        number,
        life: `c:${number}`,
        mode: "ship",
        startedUnixMillis,
        identity: { service: facts.service, release: "1", metricResource: {}, resource: {} },
        sink: {
          resumePosition: () => undefined,
          push() {},
          room: () => undefined,
          gap() {},
          flush() {},
        },
        tail: createTail(),
        isResumed: false,
        asked: [],
        isStopSeen: false,
        oomEventAtMillis: undefined,
        end: undefined,
        lastMinute: {},
      };
    },
    onRunEnded() {},
    isNews: () => true,
    onRunOver: (_inspect, _facts, run) => over.push(run),
    onTrouble() {},
    renameRun() {},
    onOom() {},
  });
  onTestFinished(async () => {
    await container.stop();
    server.closeAllConnections();
    server.close();
  });
  return { container, over };
}

const event = (Action: string, at: string, attributes: Readonly<Record<string, string>> = {}) => ({
  Type: "container",
  Action,
  Actor: { ID: "c".repeat(64), Attributes: attributes },
  time: Math.floor(Date.parse(at) / 1000),
  timeNano: Date.parse(at) * 1e6,
});

test("a container between two starts, which Docker calls running, is told of with its exit code", async () => {
  const state = { Status: "restarting", FinishedAt: FIRST_END, ExitCode: 9 };
  const { container, over } = await open(inspect(state));
  container.reconcile(inspect(state));
  expect(container.isRunning()).toBe(false);
  await vi.waitFor(() => expect(over).toHaveLength(1));
  expect(over[0]?.end).toMatchObject({ exitCode: 9, time: [1795420800, 500_000_000] });
});

test("an answer from before the last start does not end the run that has begun since", async () => {
  const { container, over } = await open(inspect({}));
  container.onEvent(event("start", FIRST_START));
  container.onEvent(event("die", FIRST_END, { exitCode: "3" }));
  container.onEvent(event("start", SECOND_START));
  container.reconcile(EXITED);
  expect(container.isRunning()).toBe(true);
  container.onEvent(event("die", "2026-11-23T08:00:09.000Z", { exitCode: "7" }));
  await vi.waitFor(() => expect(over).toHaveLength(2));
  expect(over.map(({ end }) => end?.exitCode)).toEqual([3, 7]);
});

test("a death that no event told is found by a look, once", async () => {
  const { container, over } = await open(inspect({}));
  container.reconcile(inspect({}));
  container.reconcile(EXITED);
  container.reconcile(EXITED);
  await vi.waitFor(() => expect(over).toHaveLength(1));
  container.reconcile(EXITED);
  expect(container.currentRun()).toBeUndefined();
  expect(over.map(({ end }) => end?.exitCode)).toEqual([3]);
});
