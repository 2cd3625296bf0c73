import type { Database } from "./database.ts";

export const TOPICS = ["news", "help", "release", "office", "social"] as const;
export type Topic = (typeof TOPICS)[number];
export type PostStatus = "draft" | "published";

export interface Post {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  // The column allows NULL and the import from the old board left some. The type does not say so:
  // that is the bug which POST /api/posts/:id/publish runs into, and it is meant to be there.
  readonly author: string;
  readonly topic: Topic;
  readonly status: PostStatus;
  readonly likes: number;
  readonly commentCount: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

export interface NewPost {
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly topic: Topic;
  readonly status: PostStatus;
}

export interface NewComment {
  readonly author: string;
  readonly body: string;
}

const COLUMNS = `id, title, body, author, topic, status, likes, created_at as createdAt,
  (select count(*) from comments where post_id = posts.id) as commentCount`;

export function listPosts(
  database: Database,
  page: { readonly status: PostStatus; readonly page: number; readonly pageSize: number },
): { readonly posts: Post[]; readonly total: number } {
  const posts = database.all<Post>(
    `select ${COLUMNS} from posts where status = ? order by created_at desc, id desc limit ? offset ?`,
    page.status,
    page.pageSize,
    (page.page - 1) * page.pageSize,
  );
  const count = database.get<{ n: number }>(
    "select count(*) as n from posts where status = ?",
    page.status,
  );
  return { posts, total: count?.n ?? 0 };
}

/** The newest published posts, at most `limit`: what search and report read. */
export function newestPosts(database: Database, limit: number): Post[] {
  return listPosts(database, { status: "published", page: 1, pageSize: limit }).posts;
}

export function findPost(database: Database, id: number): Post | undefined {
  return database.get<Post>(`select ${COLUMNS} from posts where id = ?`, id);
}

export function listComments(database: Database, postId: number): Comment[] {
  return database.all<Comment>(
    "select id, author, body, created_at as createdAt from comments where post_id = ? order by created_at, id",
    postId,
  );
}

export function insertPost(database: Database, post: NewPost, now: number): number {
  return database.run(
    "insert into posts (title, body, author, topic, status, created_at) values (?,?,?,?,?,?)",
    post.title,
    post.body,
    post.author,
    post.topic,
    post.status,
    now,
  ).id;
}

export function insertComment(
  database: Database,
  postId: number,
  comment: NewComment,
  now: number,
): number {
  return database.run(
    "insert into comments (post_id, author, body, created_at) values (?,?,?,?)",
    postId,
    comment.author,
    comment.body,
    now,
  ).id;
}

/** False when there is no such post. */
export function likePost(database: Database, id: number): boolean {
  return database.run("update posts set likes = likes + 1 where id = ?", id).changes === 1;
}

export function markPublished(database: Database, id: number, now: number): void {
  database.run("update posts set status = 'published', created_at = ? where id = ?", now, id);
}
