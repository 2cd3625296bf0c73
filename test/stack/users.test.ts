import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hllGroup, hllRegister } from "@sightline/core";
import { userHash } from "@sightline/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { estimatedUsers, exactUsers, standardError } from "../../packages/cli/src/query/users.ts";
import { countUsers } from "../../packages/cli/src/query/users-today.ts";
import {
  askTarget,
  getSeries,
  lastValue,
  readDashboard,
  type Series,
} from "../harness/dashboard.ts";
import { sendLines } from "../harness/otlp.ts";
import { createTestStack, repositoryRoot, type TestStack } from "../harness/stack.ts";
import { until } from "../harness/until.ts";

const APP = join(import.meta.dirname, "fixtures/users-app.mjs");
const SECRET = "the same users in every run";
const SIZES = [10, 100, 400, 2_000, 20_000];
const STOCK_SERIES = 500;
const { targetOf } = readDashboard("service-overview");

let stack: TestStack;
let provisioning: string;

beforeAll(async () => {
  provisioning = withStockLimit();
  stack = await createTestStack({ SIGHTLINE_PROVISIONING: provisioning });
  const up = await stack.run("up", "--only", "stack", "--mode", "embedded");
  expect(up.code, up.stderr).toBe(0);
  for (const size of SIZES) await useService(size);
}, 300_000);

afterAll(async () => {
  await stack.dispose();
  rmSync(provisioning, { recursive: true, force: true });
});

/** Our own Loki answers more series than one that somebody else set up. */
function withStockLimit(): string {
  const folder = mkdtempSync(join(tmpdir(), "sightline-provisioning-"));
  cpSync(join(repositoryRoot, "provisioning"), folder, { recursive: true });
  const path = join(folder, "loki/config.yaml");
  const text = readFileSync(path, "utf8");
  expect(text).toContain("max_query_series: 50000");
  writeFileSync(path, text.replace("max_query_series: 50000", `max_query_series: ${STOCK_SERIES}`));
  return folder;
}

const serviceOf = (size: number): string => `used-by-${size}`;
const recordsOf = (size: number, filter = ""): string =>
  `{kind="session", service_name="${serviceOf(size)}"}${filter}`;

/** Three instances at once, each with half of the users: most are seen by two of them. */
async function useService(size: number): Promise<void> {
  const slices = [0, 0.25, 0.5].map((start) => [
    Math.floor(start * size),
    Math.floor((start + 0.5) * size),
  ]);
  const codes = await Promise.all(slices.map(([first, end]) => runInstance(size, first, end)));
  expect(codes).toEqual([0, 0, 0]);
  const seen = slices.flatMap(([first = 0, end = 0]) =>
    Array.from({ length: end - first }, (_, index) => first + index),
  );
  const records = seen.length + seen.filter((user) => user % 10 === 0).length;
  const stored = await until(`${records} records of ${serviceOf(size)}`, async () => {
    const count = await ask(`sum(count_over_time(${recordsOf(size)} [2h]))`);
    return count !== undefined && count >= records && count;
  });
  // One per user, state, hour and instance; a full hour may pass meanwhile.
  expect(stored).toBeLessThanOrEqual(2 * records);
}

function runInstance(size: number, first = 0, end = 0): Promise<number | null> {
  const child = spawn(process.execPath, [APP, String(first), String(end)], {
    env: {
      ...stack.env,
      OTEL_SERVICE_NAME: serviceOf(size),
      OTEL_EXPORTER_OTLP_ENDPOINT: stack.url("otlp"),
      SIGHTLINE_USER_SECRET: SECRET,
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

async function ask(query: string): Promise<number | undefined> {
  const answer = await getSeries(`${stack.url("loki")}/loki/api/v1/query`, { query });
  return answer.map(lastValue)[0];
}

describe("users of three instances, counted on Loki's stock limits", () => {
  it.each(SIZES)("%d users are estimated within three standard errors", async (size) => {
    for (const parts of [1, 4] as const) {
      for (const [filter, truth] of [
        ["", size],
        [' | state="errored"', size / 10],
      ] as const) {
        const users = { records: recordsOf(size, filter), window: "2h" };
        const estimate = (await ask(estimatedUsers(users, parts))) ?? Number.NaN;
        const error = estimate / truth - 1;
        console.log(
          `${truth} ${filter === "" ? "users" : "users with errors"}, ${256 * parts} registers: ${estimate.toFixed(1)} (${(100 * error).toFixed(1)} %)`,
        );
        expect(Math.abs(error)).toBeLessThan(3 * standardError(parts));
      }
    }
  });

  it.each(SIZES.filter((size) => size <= STOCK_SERIES))(
    "%d users are counted exactly",
    async (size) => {
      const users = { records: recordsOf(size), window: "2h" };
      expect(await countUsers(stack.url("loki"), users)).toEqual({
        status: "ok",
        value: { users: size, standardError: 0 },
      });
    },
  );

  it.each(SIZES.filter((size) => size > STOCK_SERIES))(
    "%d users are too many for an exact count, and are estimated",
    async (size) => {
      const users = { records: recordsOf(size), window: "2h" };
      const refused = new URLSearchParams({ query: exactUsers(users) });
      const answer = await fetch(`${stack.url("loki")}/loki/api/v1/query?${refused}`);
      expect(await answer.text()).toContain("(500) reached for a single query");
      const counted = await countUsers(stack.url("loki"), users);
      expect(counted).toMatchObject({ status: "ok", value: { standardError: standardError(4) } });
      const value = counted.status === "ok" ? counted.value.users : Number.NaN;
      expect(Math.abs(value / size - 1)).toBeLessThan(3 * standardError(4));
    },
  );

  it("a user of several services is one user", async () => {
    const services = [10, 100].map(serviceOf).join("|");
    const records = `{kind="session", service_name=~"${services}"}`;
    expect(await ask(exactUsers({ records, window: "2h" }))).toBe(100);
  });

  it("`sightline status` says how many there were today", async () => {
    const status = await stack.run("status", "--json");
    const { usersToday } = JSON.parse(status.stdout) as {
      usersToday: { users: number; standardError: number };
    };
    expect(usersToday.standardError).toBe(standardError(4));
    // Those of the smaller services are among those of the largest.
    expect(Math.abs(usersToday.users / 20_000 - 1)).toBeLessThan(3 * standardError(4));
    expect((await stack.run("status")).stdout).toMatch(
      /users today +about [\d,]+, give or take 3\.3 %/,
    );
  });

  it("a foreign record without register or user neither fails a query nor counts", async () => {
    await sendLines(stack.url("otlp"), serviceOf(10), [
      { text: "not ours", attributes: { kind: "session" } },
      { text: "not ours either", attributes: { kind: "session", ui: "x", ur: "high" } },
    ]);
    await until("both records", async () => {
      const found = await ask(`sum(count_over_time(${recordsOf(10)} |= "not ours" [2h]))`);
      return found === 2;
    });
    const users = { records: recordsOf(10), window: "2h" };
    expect(await ask(exactUsers(users))).toBe(10);
    expect(Math.round((await ask(estimatedUsers(users, 4))) ?? Number.NaN)).toBe(10);
  });
  it.each([1, 4] as const)(
    "LogQL computes what the formula says, %d x 256 registers",
    async (parts) => {
      for (const size of SIZES) {
        const users = { records: recordsOf(size), window: "2h" };
        const expected = formula(size, parts);
        expect((await ask(estimatedUsers(users, parts))) ?? Number.NaN).toBeCloseTo(expected, 2);
      }
    },
  );
});

describe("the panels of users on the service overview", () => {
  const panel = (title: string, service: string, refId = "A"): Promise<Series[]> =>
    askTarget(stack, targetOf(title, refId), { service, environment: "unknown" });
  const shown = async (title: string, service: string): Promise<number | undefined> =>
    (await panel(title, service)).map(lastValue)[0];

  it("show users, those who met an error, and the share of the others", async () => {
    const service = serviceOf(400);
    const near = (value: number | undefined, truth: number): void => {
      expect(Math.abs((value ?? Number.NaN) / truth - 1)).toBeLessThan(3 * standardError(4));
    };
    near(await shown("Users today", service), 400);
    near(await shown("Users hit by errors", service), 40);
    near(await shown("Error-free users", service), 0.9);
    const perHour = (await panel("Users per hour", service)).flatMap(({ values }) => values);
    const highest = Math.max(...perHour.map(([, value]) => value));
    expect(Math.abs(highest / 400 - 1)).toBeLessThan(3 * standardError(1));
  });

  it("say 0 and 100 % where people came and none met an error", async () => {
    await sendLines(stack.url("otlp"), "calm", [
      { text: "one", attributes: { kind: "session", ...sessionOf("00ff00000000000a", "active") } },
      { text: "two", attributes: { kind: "session", ...sessionOf("17ff00000000000b", "active") } },
    ]);
    await until(
      "two users",
      async () => Math.round((await shown("Users today", "calm")) ?? 0) === 2,
    );
    expect(await shown("Users hit by errors", "calm")).toBe(0);
    expect(await shown("Error-free users", "calm")).toBe(1);
  });

  it("list problems by how often they came, with the people whom they met", async () => {
    const error = (template: string, user: string, n: number) => ({
      text: template,
      attributes: { kind: "error", fp_t: template, n: String(n), ...(user && { user_hash: user }) },
    });
    await sendLines(stack.url("otlp"), "unlucky", [
      error("Error: rare", "00ff00000000000a", 1),
      error("Error: often", "00ff00000000000a", 5),
      error("Error: often", "17ff00000000000b", 1),
      error("Error: often", "17ff00000000000b", 1),
      error("Error: nobody's", "", 3),
    ]);
    const column = async (refId: string): Promise<[string | undefined, number][]> =>
      (await panel("Top problems", "unlucky", refId))
        .map((series): [string | undefined, number] => [series.labels["fp_t"], lastValue(series)])
        .sort(([, a], [, b]) => b - a);
    const times = await until("all problems", async () => {
      const rows = await column("A");
      return rows.length === 3 && rows;
    });
    expect(times).toEqual([
      ["Error: often", 7],
      ["Error: nobody's", 3],
      ["Error: rare", 1],
    ]);
    expect(await column("B")).toEqual([
      ["Error: often", 2],
      ["Error: rare", 1],
    ]);
  });
});

function sessionOf(userHash: string, state: string): Record<string, string> {
  const { ui, ur } = hllRegister(userHash);
  return { user_hash: userHash, ui: String(ui), ur: String(ur), state };
}

/** Flajolet et al. 2007, figure 3, from the same users: what the query has to give. */
function formula(size: number, parts: number): number {
  const registers = new Map<string, number>();
  for (let user = 0; user < size; user += 1) {
    const hash = userHash(`user-${user}`, SECRET);
    const { ui, ur } = hllRegister(hash);
    const place = `${ui} ${Math.floor((hllGroup(hash) * parts) / 16)}`;
    registers.set(place, Math.max(registers.get(place) ?? 0, ur));
  }
  const all = 256 * parts;
  const linear = all * Math.log(all / (all - registers.size));
  if (linear <= 2.5 * all) return linear;
  const sum = [...registers.values()].reduce((shares, rank) => shares + 2 ** -rank - 1, all);
  return ((0.7213 / (1 + 1.079 / all)) * all * all) / sum;
}
