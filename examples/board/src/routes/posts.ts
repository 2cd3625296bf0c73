import { type Request, type Response, Router } from "express";
import type { Database } from "../database.ts";
import { loggerOf } from "../logger.ts";
import {
  findPost,
  insertComment,
  insertPost,
  likePost,
  listComments,
  listPosts,
  markPublished,
  type NewComment,
  type NewPost,
  type Post,
  TOPICS,
} from "../posts.ts";
import { buildAnnouncement, PublishError } from "../publishing.ts";
import {
  type Checked,
  checked,
  type FieldFault,
  fieldsOf,
  parseChoice,
  parseText,
  parseWholeNumber,
  sendInvalid,
  sendNotFound,
} from "../validation.ts";

const STATUSES = ["published", "draft"] as const;

export function postRoutes(database: Database): Router {
  const router = Router();

  router.get("/api/posts", (request, response) => {
    const faults: FieldFault[] = [];
    const status = parseChoice(request.query, "status", STATUSES, faults);
    const page = parseWholeNumber(
      request.query,
      "page",
      { min: 1, max: 10_000, fallback: 1 },
      faults,
    );
    const size = { min: 1, max: 100, fallback: 10 };
    const pageSize = parseWholeNumber(request.query, "pageSize", size, faults);
    if (faults.length > 0) return sendInvalid(response, faults);
    response.json({ ...listPosts(database, { status, page, pageSize }), page, pageSize });
  });

  router.post("/api/posts", (request, response) => {
    const post = parseNewPost(request.body);
    if (post.status === "invalid") return sendInvalid(response, post.faults);
    const id = insertPost(database, post.value, Date.now());
    loggerOf(response).info("post created", { postId: id, topic: post.value.topic });
    response
      .status(201)
      .location(`/api/posts/${id}`)
      .json({ post: findPost(database, id) });
  });

  router.get("/api/posts/:id", (request, response) => {
    const post = requirePost(database, request, response);
    if (post === undefined) return;
    response.json({ post, comments: listComments(database, post.id) });
  });

  router.post("/api/posts/:id/comments", (request, response) => {
    const post = requirePost(database, request, response);
    if (post === undefined) return;
    const comment = parseNewComment(request.body);
    if (comment.status === "invalid") return sendInvalid(response, comment.faults);
    const id = insertComment(database, post.id, comment.value, Date.now());
    loggerOf(response).info("comment created", { postId: post.id, commentId: id });
    response.status(201).json({ comments: listComments(database, post.id) });
  });

  router.post("/api/posts/:id/like", (request, response) => {
    const post = requirePost(database, request, response);
    if (post === undefined) return;
    likePost(database, post.id);
    response.json({ likes: post.likes + 1 });
  });

  router.post("/api/posts/:id/publish", (request, response) => {
    const post = requirePost(database, request, response);
    if (post === undefined) return;
    if (post.status === "published") {
      response.status(409).json({ error: { message: `post ${post.id} is already published` } });
      return;
    }
    const announcement = announceOrThrow(post);
    markPublished(database, post.id, Date.now());
    loggerOf(response).info("post published", { postId: post.id, subject: announcement.subject });
    response.json({ post: findPost(database, post.id), announcement });
  });

  return router;
}

/** Answers 400 or 404 and returns undefined where there is no such post. */
function requirePost(database: Database, request: Request, response: Response): Post | undefined {
  const faults: FieldFault[] = [];
  const range = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const id = parseWholeNumber(request.params, "id", range, faults);
  if (faults.length > 0) {
    sendInvalid(response, faults);
    return undefined;
  }
  const post = findPost(database, id);
  if (post === undefined) sendNotFound(response, `post ${id}`);
  return post;
}

function announceOrThrow(post: Post): ReturnType<typeof buildAnnouncement> {
  try {
    return buildAnnouncement(post);
  } catch (cause) {
    throw new PublishError(`cannot publish post ${post.id}`, { cause });
  }
}

function parseNewPost(body: unknown): Checked<NewPost> {
  const faults: FieldFault[] = [];
  const fields = fieldsOf(body);
  const post: NewPost = {
    title: parseText(fields, "title", 120, faults),
    body: parseText(fields, "body", 4_000, faults),
    author: parseText(fields, "author", 60, faults),
    topic: parseChoice(fields, "topic", TOPICS, faults),
    status: parseChoice(fields, "status", STATUSES, faults),
  };
  return checked(post, faults);
}

function parseNewComment(body: unknown): Checked<NewComment> {
  const faults: FieldFault[] = [];
  const fields = fieldsOf(body);
  const comment: NewComment = {
    author: parseText(fields, "author", 60, faults),
    body: parseText(fields, "body", 2_000, faults),
  };
  return checked(comment, faults);
}
