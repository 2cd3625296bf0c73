import type { Post } from "./posts.ts";

export class PublishError extends Error {
  override readonly name: string = "PublishError";
}

export interface Announcement {
  readonly subject: string;
  readonly byline: string;
  readonly summary: string;
}

/**
 * The announcement that goes out with a post.
 *
 * @throws PublishError for a post without author: the deliberate fault of this example, with the
 * TypeError two causes below, as real ones are.
 */
export function buildAnnouncement(post: Post): Announcement {
  try {
    return {
      subject: `[${post.topic}] ${post.title}`,
      byline: formatByline(post),
      summary: shorten(post.body, 140),
    };
  } catch (cause) {
    throw new PublishError(`cannot build the announcement of post ${post.id}`, { cause });
  }
}

function formatByline(post: Post): string {
  try {
    return `by ${initialsOf(post.author)} · ${post.author}`;
  } catch (cause) {
    throw new Error(`cannot format the byline of "${post.title}"`, { cause });
  }
}

function initialsOf(author: string): string {
  return author
    .split(/\s+/)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}

function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).trimEnd()}…`;
}
