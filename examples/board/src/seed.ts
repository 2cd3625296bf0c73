import type { PostStatus, Topic } from "./posts.ts";
import { createRandom, pick } from "./random.ts";
import {
  ARCHIVE_AUTHORS,
  ARCHIVE_COMMENTS,
  ARCHIVE_POSTS,
  WRITTEN_POSTS,
  type WrittenPost,
} from "./seed-content.ts";

interface SeedComment {
  readonly author: string;
  readonly body: string;
  readonly createdAt: number;
}

export interface SeedPost {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  /** Null in posts that came from the old board. */
  readonly author: string | null;
  readonly topic: Topic;
  readonly status: PostStatus;
  readonly likes: number;
  readonly createdAt: number;
  readonly comments: readonly SeedComment[];
}

const HOUR_MILLIS = 3_600_000;
/** Enough that search and report have something to do, and that the list has pages. */
const ARCHIVE_COUNT = 180;
const ARCHIVE_GAP_HOURS = 44;

/** The first posts of a new board, oldest first; the same for every board but for the times. */
export function seedPosts(now: number): SeedPost[] {
  const written = [...archivePosts(), ...WRITTEN_POSTS];
  return written
    .toSorted((left, right) => right.ageHours - left.ageHours)
    .map((post, index) => toSeedPost(post, index + 1, now));
}

/** The ids that every seeded board has, for whoever sends it requests. */
export function seededIds(): {
  readonly published: number[];
  readonly authorless: readonly [number, ...number[]];
} {
  const posts = seedPosts(0);
  const [first, ...rest] = posts.filter((post) => post.author === null).map((post) => post.id);
  if (first === undefined) throw new Error("the seeded board has no post without author");
  return {
    published: posts.filter((post) => post.status === "published").map((post) => post.id),
    authorless: [first, ...rest],
  };
}

function archivePosts(): WrittenPost[] {
  const random = createRandom(2024);
  return Array.from({ length: ARCHIVE_COUNT }, (_, index) => {
    const template = ARCHIVE_POSTS[index % ARCHIVE_POSTS.length] ?? ARCHIVE_POSTS[0];
    const round = ARCHIVE_COUNT - index;
    const comments = Array.from(
      { length: Math.floor(random() * 4) },
      () => [pick(ARCHIVE_AUTHORS, random), pick(ARCHIVE_COMMENTS, random)] as const,
    );
    return {
      title: template.title.replace("#", String(round)),
      body: template.body,
      author: pick(ARCHIVE_AUTHORS, random),
      topic: template.topic,
      likes: Math.floor(random() * 20),
      ageHours: 160 + index * ARCHIVE_GAP_HOURS,
      comments,
    };
  });
}

function toSeedPost(post: WrittenPost, id: number, now: number): SeedPost {
  const createdAt = now - post.ageHours * HOUR_MILLIS;
  const comments = post.comments ?? [];
  return {
    id,
    title: post.title,
    body: post.body,
    author: post.author,
    topic: post.topic,
    status: post.status ?? "published",
    likes: post.likes,
    createdAt,
    comments: comments.map(([author, body], index) => ({
      author,
      body,
      // Spread over the time since the post, so that no comment is from the future.
      createdAt: Math.round(
        createdAt + ((index + 1) * post.ageHours * HOUR_MILLIS) / (comments.length + 2),
      ),
    })),
  };
}
