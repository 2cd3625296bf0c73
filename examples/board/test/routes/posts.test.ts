import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededIds, seedPosts } from "../../src/seed.ts";
import { get, post, type RunningBoard, startBoard } from "../board-process.ts";

let board: RunningBoard;
beforeAll(async () => {
  board = await startBoard();
});
afterAll(() => board.stop());

const VALID = { title: "Found: a key", body: "It opens nothing we know.", author: "Ines Duarte" };

describe("GET /api/posts", () => {
  test("lists published posts, newest first, in pages that do not overlap", async () => {
    const first = await get(board, "/api/posts?pageSize=5");
    const second = await get(board, "/api/posts?pageSize=5&page=2");
    expect(first.status).toBe(200);
    expect(first.body.total).toBeGreaterThanOrEqual(seededIds().published.length);
    const posts = [...first.body.posts, ...second.body.posts];
    expect(new Set(posts.map((one) => one.id)).size).toBe(10);
    const times = posts.map((one) => one.createdAt);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
    expect(posts.every((one) => one.status === "published")).toBe(true);
  });

  test("lists drafts when asked", async () => {
    const { body } = await get(board, "/api/posts?status=draft");
    expect(body.posts.map((one: { id: number }) => one.id)).toEqual(
      expect.arrayContaining([...seededIds().authorless]),
    );
  });

  test("names every wrong parameter at once", async () => {
    const { status, body } = await get(board, "/api/posts?page=0&pageSize=many&status=lost");
    expect(status).toBe(400);
    const fields = body.error.faults.map((fault: { field: string }) => fault.field);
    expect(fields.toSorted()).toEqual(["page", "pageSize", "status"]);
    expect(body.error.message).toContain(
      'pageSize: expected a whole number from 1 to 100; got "many"',
    );
  });
});

describe("GET /api/posts/:id", () => {
  test("shows the post with its comments in order", async () => {
    const seeded = seedPosts(0).find((one) => one.comments.length === 3);
    const { status, body } = await get(board, `/api/posts/${seeded?.id}`);
    expect(status).toBe(200);
    expect(body.post.title).toBe(seeded?.title);
    expect(body.comments.map((one: { body: string }) => one.body)).toEqual(
      seeded?.comments.map((one) => one.body),
    );
  });

  test("answers 404 for a post that is not there, and 400 for what is no number", async () => {
    const unknown = await get(board, "/api/posts/999999999");
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: { message: "there is no post 999999999" } },
    });
    expect((await get(board, "/api/posts/1e3")).status).toBe(400);
  });
});

describe("POST /api/posts", () => {
  test("keeps a post, trims it, and says where it is", async () => {
    const created = await post(board, "/api/posts", { ...VALID, title: "  Found: a key " });
    expect(created.status).toBe(201);
    const read = await get(board, created.headers.get("location") ?? "");
    expect(read.body.post).toMatchObject({
      ...VALID,
      topic: "news",
      status: "published",
      likes: 0,
    });
  });

  test("refuses a post and names all that is wrong with it", async () => {
    const { status, body } = await post(board, "/api/posts", {
      title: "x".repeat(121),
      author: 7,
      topic: "gossip",
    });
    expect(status).toBe(400);
    expect(body.error.faults.map((fault: { field: string }) => fault.field)).toEqual([
      "title",
      "body",
      "author",
      "topic",
    ]);
    expect(body.error.message).toContain(
      "title: expected a text of 1 to 120 characters; it has 121",
    );
  });

  test("answers 400 to a body that is no JSON, and 413 to one that is too long", async () => {
    const broken = await post(board, "/api/posts", "{ title:");
    expect(broken.status).toBe(400);
    expect(broken.body.error.message).toContain("not understood");
    const long = await post(board, "/api/posts", { ...VALID, body: "x".repeat(70_000) });
    expect(long.status).toBe(413);
  });

  test("refuses a post sent by another site's page", async () => {
    const foreign = await post(board, "/api/posts", VALID, { "sec-fetch-site": "cross-site" });
    expect(foreign.status).toBe(403);
  });

  test("keeps text that looks like SQL or HTML as it is", async () => {
    const title = "'); drop table posts; -- <script>alert(1)</script>";
    const created = await post(board, "/api/posts", { ...VALID, title });
    expect(created.body.post.title).toBe(title);
    expect((await get(board, "/api/posts")).status).toBe(200);
  });
});

describe("comments, likes and publishing", () => {
  test("adds a comment to the end", async () => {
    const id = seededIds().published[0];
    const comment = { author: "Tom Haddad", body: "Mine, thank you." };
    const { status, body } = await post(board, `/api/posts/${id}/comments`, comment);
    expect(status).toBe(201);
    expect(body.comments.at(-1)).toMatchObject(comment);
    expect((await post(board, `/api/posts/${id}/comments`, {})).status).toBe(400);
    expect((await post(board, "/api/posts/999999999/comments", comment)).status).toBe(404);
  });

  test("counts likes", async () => {
    const id = seededIds().published[1];
    const before = (await get(board, `/api/posts/${id}`)).body.post.likes;
    expect((await post(board, `/api/posts/${id}/like`)).body.likes).toBe(before + 1);
    expect((await get(board, `/api/posts/${id}`)).body.post.likes).toBe(before + 1);
  });

  test("publishes a draft once", async () => {
    const draft = await post(board, "/api/posts", { ...VALID, status: "draft" });
    const path = `/api/posts/${draft.body.post.id}/publish`;
    const published = await post(board, path);
    expect(published.status).toBe(200);
    expect(published.body.announcement.byline).toBe("by ID · Ines Duarte");
    expect((await post(board, path)).status).toBe(409);
  });

  test("fails on a draft without author, and logs the error with its causes", async () => {
    const [id] = seededIds().authorless;
    const { status, body, headers } = await post(board, `/api/posts/${id}/publish`);
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("split");
    const line = await board.waitForLine(
      (one) => one.level === "error" && one["requestId"] === headers.get("x-request-id"),
    );
    expect(line).toMatchObject({
      message: "request failed",
      error: {
        name: "PublishError",
        message: `cannot publish post ${id}`,
        cause: { name: "PublishError", cause: { name: "Error", cause: { name: "TypeError" } } },
      },
    });
    expect(JSON.stringify(line["error"])).toContain("initialsOf");
    expect(body.error.requestId).toBe(headers.get("x-request-id"));
  });
});
