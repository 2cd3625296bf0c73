import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { estimatedUsers, exactUsers, standardError } from "../../src/query/users.ts";
import { countUsers, countUsersToday } from "../../src/query/users-today.ts";

const USERS = { records: '{kind="session"}', window: "24h" };
const LIMIT =
  "maximum number of series (500) reached for a single query; consider reducing query cardinality";

/** Answers each query as `answer` says, over HTTP as Loki does. */
async function startLoki(
  answer: (query: string) => { code: number; body: string },
): Promise<{ url: string; queries: string[] }> {
  const queries: string[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://localhost").searchParams.get("query") ?? "";
    queries.push(query);
    const { code, body } = answer(query);
    response.statusCode = code;
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, queries };
}

function vector(...values: number[]): { code: number; body: string } {
  const result = values.map((value) => ({ metric: {}, value: [1, String(value)] }));
  return { code: 200, body: JSON.stringify({ data: { result } }) };
}

describe("the number of users", () => {
  it("is exact where Loki gives it so", async () => {
    const loki = await startLoki(() => vector(1234));
    const value = { users: 1234, standardError: 0 };
    expect(await countUsers(loki.url, USERS)).toEqual({ status: "ok", value });
    expect(loki.queries).toEqual([exactUsers(USERS)]);
  });

  it("is 0 where there is no record", async () => {
    const loki = await startLoki(() => vector());
    expect(await countUsers(loki.url, USERS)).toMatchObject({ value: { users: 0 } });
  });

  it.each([LIMIT, LIMIT.replace("number of", "of")])(
    "is estimated, with its error, where Loki says: %s",
    async (refusal) => {
      const loki = await startLoki((query) =>
        query === exactUsers(USERS) ? { code: 400, body: refusal } : vector(19_346.87),
      );
      const value = { users: 19_347, standardError: 0.0325 };
      expect(await countUsers(loki.url, USERS)).toEqual({ status: "ok", value });
      expect(loki.queries).toHaveLength(2);
    },
  );

  it("is not estimated after any other refusal", async () => {
    const loki = await startLoki(() => ({ code: 400, body: "parse error" }));
    const refused = { status: "refused", code: 400, reason: "parse error" };
    expect(await countUsers(loki.url, USERS)).toEqual(refused);
    expect(loki.queries).toHaveLength(1);
  });

  it.each([
    ["one second", new Date(2026, 10, 23, 0, 0, 0, 400), "1s"],
    ["the whole day", new Date(2026, 10, 23, 23, 59, 59, 1), "86400s"],
  ])(
    "of today goes back to midnight here, %s, and leaves the example out",
    async (_, at, window) => {
      const loki = await startLoki(() => vector(1));
      await countUsersToday(loki.url, at.getTime());
      const records = '{kind="session", service_name!~"board|board-web"}';
      expect(loki.queries).toEqual([exactUsers({ records, window })]);
    },
  );
});

describe("the estimate", () => {
  it("asks for no vector of more than 256 series, so that stock limits do", () => {
    for (const parts of [1, 4] as const) {
      const query = estimatedUsers(USERS, parts);
      const vectors = query.match(/max by \(ui\) \(max_over_time\(/g) ?? [];
      expect(vectors).toHaveLength(2 * parts);
      expect(query.match(/ by \(/g)).toHaveLength(2 * vectors.length);
    }
  });

  it("divides all hashes into four parts without rest", () => {
    const classes = [...estimatedUsers(USERS, 4).matchAll(/user_hash=~"([^"]+)"/g)];
    const parts = new Set(classes.map(([, part]) => part));
    expect([...parts]).toEqual([".{15}[0-3]", ".{15}[4-7]", ".{15}[8-b]", ".{15}[c-f]"]);
    for (const digit of "0123456789abcdef") {
      const hash = `0123456789abcde${digit}`;
      const matching = [...parts].filter((part) => new RegExp(`^${part}$`).test(hash));
      expect(matching).toHaveLength(1);
    }
  });

  it("errs by 6.5 % with one part, and half as much with four", () => {
    expect(standardError(1)).toBe(0.065);
    expect(standardError(4)).toBe(0.0325);
  });
});
