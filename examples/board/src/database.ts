import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
// Built into Node, so the example needs no compiler and no download. Node 22 prints an
// ExperimentalWarning on stderr; it stays, because hiding warnings would hide the useful ones too.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type SeedPost, seedPosts } from "./seed.ts";

const SCHEMA = `
  create table if not exists posts (
    id integer primary key,
    title text not null,
    body text not null,
    author text,
    topic text not null,
    status text not null check (status in ('draft', 'published')),
    likes integer not null default 0,
    created_at integer not null
  ) strict;
  create index if not exists posts_by_time on posts (status, created_at desc, id desc);
  create table if not exists comments (
    id integer primary key,
    post_id integer not null references posts (id),
    author text not null,
    body text not null,
    created_at integer not null
  ) strict;
  create index if not exists comments_by_post on comments (post_id, created_at);
`;

export interface Database {
  /** Prepared once per text, then reused. */
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[];
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined;
  run(sql: string, ...values: SQLInputValue[]): { readonly changes: number; readonly id: number };
  close(): void;
}

/** Opens the file, creates the tables, and fills an empty board with its first posts. */
export function openDatabase(file: string, now: number): Database {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const connection = new DatabaseSync(file);
  connection.exec("pragma journal_mode = wal; pragma synchronous = normal;");
  connection.exec("pragma busy_timeout = 2000; pragma foreign_keys = on;");
  connection.exec(SCHEMA);
  const database = toDatabase(connection);
  seedIfEmpty(connection, database, now);
  return database;
}

function toDatabase(connection: DatabaseSync): Database {
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    all: <Row>(sql: string, ...values: SQLInputValue[]) => prepared(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SQLInputValue[]) =>
      prepared(sql).get(...values) as Row | undefined,
    run: (sql, ...values) => {
      const result = prepared(sql).run(...values);
      return { changes: Number(result.changes), id: Number(result.lastInsertRowid) };
    },
    close: () => connection.close(),
  };
}

function seedIfEmpty(connection: DatabaseSync, database: Database, now: number): void {
  // One transaction: a process that dies half way leaves an empty board, not half a board.
  connection.exec("begin immediate");
  try {
    const count = database.get<{ n: number }>("select count(*) as n from posts")?.n ?? 0;
    if (count === 0) for (const post of seedPosts(now)) insertSeed(database, post);
    connection.exec("commit");
  } catch (error) {
    connection.exec("rollback");
    throw error;
  }
}

function insertSeed(database: Database, post: SeedPost): void {
  database.run(
    "insert into posts (id, title, body, author, topic, status, likes, created_at) values (?,?,?,?,?,?,?,?)",
    post.id,
    post.title,
    post.body,
    post.author,
    post.topic,
    post.status,
    post.likes,
    post.createdAt,
  );
  for (const comment of post.comments) {
    database.run(
      "insert into comments (post_id, author, body, created_at) values (?,?,?,?)",
      post.id,
      comment.author,
      comment.body,
      comment.createdAt,
    );
  }
}
