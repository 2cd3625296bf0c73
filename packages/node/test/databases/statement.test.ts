import { describe, expect, it } from "vitest";
import {
  MYSQL,
  maskCommand,
  maskDocument,
  maskSql,
  POSTGRESQL,
  sqlOperation,
} from "../../src/databases/statement.ts";

describe("maskSql", () => {
  it.each([
    [
      "texts and numbers",
      "SELECT a1 FROM t2 WHERE b = 'x' AND c > 1.5e3",
      "SELECT a1 FROM t2 WHERE b = ? AND c > ?",
    ],
    ["a doubled quote", "SELECT 'it''s secret', x", "SELECT ?, x"],
    ["names in double quotes", 'SELECT "first name" FROM "t"', 'SELECT "first name" FROM "t"'],
    ["placeholders", "SELECT $1, :name, @v", "SELECT $1, :name, @v"],
    ["dollar quotes", "DO $body$ secret $$ $body$; SELECT x", "DO ?; SELECT x"],
    ["a backslash that ends a text", "SELECT 'C:\\' , x, 'secret'", "SELECT ? , x, ?"],
    ["an escape text", "SELECT E'a\\'secret', x", "SELECT ?, x"],
    ["comments", "SELECT x -- secret\n/* secret */ FROM t", "SELECT x FROM t"],
    ["lists", "INSERT INTO t VALUES (1, 'a'), (2, 'b'),(3,'c')", "INSERT INTO t VALUES (?)"],
    ["a text without an end", "SELECT 'secret", "SELECT ?"],
  ])("hides the values of PostgreSQL: %s", (_name, sql, masked) => {
    expect(maskSql(sql, POSTGRESQL)).toBe(masked);
  });

  it.each([
    ["texts in double quotes", 'SELECT * FROM t WHERE a = "secret"', "SELECT * FROM t WHERE a = ?"],
    ["a quote after a backslash", "SELECT 'a\\'secret', x", "SELECT ?, x"],
    ["names in backticks", "SELECT `a b` FROM t", "SELECT `a b` FROM t"],
    ["hexadecimal numbers", "SELECT 0xCAFE, x'cafe'", "SELECT ?"],
  ])("hides the values of MySQL: %s", (_name, sql, masked) => {
    expect(maskSql(sql, MYSQL)).toBe(masked);
  });

  it("cuts a long statement, and reads only its beginning", () => {
    const masked = maskSql(`SELECT ${"column_name, ".repeat(100_000)}`, POSTGRESQL);

    expect(masked).toHaveLength(1_001);
    expect(masked.endsWith("…")).toBe(true);
  });

  it("shows nothing of a text that is cut", () => {
    expect(maskSql(`SELECT '${"secret ".repeat(10_000)}'`, POSTGRESQL)).toBe("SELECT ?…");
  });
});

describe("sqlOperation", () => {
  it.each([
    ["select 1", "SELECT"],
    ["\n  -- note\n /* more */ INSERT INTO t", "INSERT"],
    ["SELECT\n*", "SELECT"],
    ["alice@example.org", undefined],
    ["", undefined],
    ["-- only a comment", undefined],
  ])("of %j is %j", (sql, operation) => {
    expect(sqlOperation(sql)).toBe(operation);
  });
});

it("shows a command of Redis without keys and values", () => {
  expect(maskCommand("SET", ["session:ada", "x"])).toBe("SET ? ?");
  expect(maskCommand("MGET", Array.from({ length: 100 }, String))).toBe("MGET ? ? ? ? ? ? ? ? …");
  expect(maskCommand("PING", undefined)).toBe("PING");
});

it("shows the shape of a document without its values", () => {
  const document = {
    find: "users",
    filter: { email: "ada@example.org", $or: [{ age: { $gt: 3 } }, { id: 7n }] },
    raw: Buffer.from("secret"),
  };

  expect(maskDocument(document)).toBe(
    '{"find":"?","filter":{"email":"?","$or":[{"age":{"$gt":"?"}}]},"raw":"?"}',
  );
});

it("takes a document that is circular, huge, or has odd keys", () => {
  const document: Record<string, unknown> = JSON.parse('{ "__proto__": { "a": 1 } }');
  document["self"] = document;
  for (let index = 0; index < 10_000; index++) document[`key${index}`] = index;

  expect(maskDocument(document).length).toBeLessThanOrEqual(1_000);
  expect(maskDocument(document)).toMatch(/^\{"__proto__":\{"a":"\?"\},"self":\{/);
});
