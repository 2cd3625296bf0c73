import { Router } from "express";
import type { Database } from "../database.ts";
import { loggerOf } from "../logger.ts";
import { newestPosts } from "../posts.ts";
import { rankDocuments, type SearchDocument } from "../search.ts";
import { type FieldFault, parseText, sendInvalid } from "../validation.ts";

const MAX_SCANNED_POSTS = 2_000;
const MAX_RESULTS = 20;

export function searchRoutes(database: Database): Router {
  const router = Router();
  router.get("/api/search", (request, response) => {
    const faults: FieldFault[] = [];
    const query = parseText(request.query, "q", 80, faults);
    if (faults.length > 0) return sendInvalid(response, faults);
    const startedAt = performance.now();
    const documents = readDocuments(database);
    const results = rankDocuments(query, documents, MAX_RESULTS);
    const durationMillis = Math.round(performance.now() - startedAt);
    const scanned = documents.length;
    // The words stay out of the log: people search for names.
    loggerOf(response).debug("searched", { scanned, found: results.length, durationMillis });
    response.json({ query, results, scanned, durationMillis });
  });
  return router;
}

function readDocuments(database: Database): SearchDocument[] {
  const rows = database.all<{ postId: number; bodies: string }>(
    "select post_id as postId, group_concat(body, ' ') as bodies from comments group by post_id",
  );
  const comments = new Map(rows.map((row) => [row.postId, row.bodies]));
  return newestPosts(database, MAX_SCANNED_POSTS).map((post) => ({
    id: post.id,
    title: post.title,
    body: post.body,
    comments: comments.get(post.id) ?? "",
  }));
}
