import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "./database.ts";
import { newestPosts, type Post } from "./posts.ts";
import { splitWords } from "./search.ts";
import { readClimate } from "./weather.ts";

/** The report never costs more than this, however full the board is. */
const MAX_COMPARED_POSTS = 250;
const TOP = 5;

interface Count {
  readonly name: string;
  readonly count: number;
}

export interface Report {
  readonly authors: readonly Count[];
  readonly months: readonly Count[];
  readonly words: readonly Count[];
  readonly repeats: readonly {
    readonly titles: readonly [string, string];
    readonly ratio: number;
  }[];
  readonly climate: readonly { readonly month: string; readonly celsius: number }[];
}

export interface ReportProgress {
  readonly step: number;
  readonly of: number;
  readonly name: string;
}

interface ReportSource {
  readonly database: Database;
  readonly weatherUrl: string;
  /** Aborted when the reader has gone: nobody is left to work for. */
  readonly signal: AbortSignal;
}

/** Step by step: each is slow for a different reason, so that a trace of it is worth reading. */
export async function buildReport(
  source: ReportSource,
  onProgress: (progress: ReportProgress) => void,
): Promise<Report> {
  const names = ["Authors", "Months", "Words", "Posts that repeat", "Weather of the months"];
  const begin = async (step: number) => {
    onProgress({ step, of: names.length, name: names[step - 1] ?? "" });
    await nextTurn();
    source.signal.throwIfAborted();
  };
  await begin(1);
  const authors = countByAuthor(source.database);
  await begin(2);
  const months = countByMonth(source.database);
  const posts = newestPosts(source.database, MAX_COMPARED_POSTS);
  await begin(3);
  const words = countWords(posts);
  await begin(4);
  const repeats = await findRepeats(posts, source.signal);
  await begin(5);
  const climate = await readClimates(source, months.slice(0, TOP));
  return { authors, months: months.slice(0, 12), words, repeats, climate };
}

/** One query for the names and then one for each: the N+1 pattern, kept for the trace. */
function countByAuthor(database: Database): Count[] {
  const names = database.all<{ name: string }>(
    "select distinct author as name from posts where author is not null",
  );
  return names
    .map(({ name }) => ({
      name,
      count:
        database.get<{ n: number }>("select count(*) as n from posts where author = ?", name)?.n ??
        0,
    }))
    .toSorted((left, right) => right.count - left.count)
    .slice(0, TOP);
}

function countByMonth(database: Database): Count[] {
  return database.all<Count>(
    `select strftime('%Y-%m', created_at / 1000, 'unixepoch') as name, count(*) as count
     from posts group by name order by name desc`,
  );
}

function countWords(posts: readonly Post[]): Count[] {
  const counts = new Map<string, number>();
  for (const post of posts) {
    for (const word of splitWords(post.body)) {
      if (word.length >= 6) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .toSorted((left, right) => right.count - left.count || left.name.localeCompare(right.name))
    .slice(0, TOP);
}

/** Compares each post with each: real CPU work, a slice per turn so that other visitors get theirs. */
async function findRepeats(
  posts: readonly Post[],
  signal: AbortSignal,
): Promise<Report["repeats"][number][]> {
  const found: Report["repeats"][number][] = [];
  const parts = posts.map((post) => trigramsOf(`${post.title} ${post.body}`.toLowerCase()));
  for (const [index, post] of posts.entries()) {
    for (let other = index + 1; other < posts.length; other += 1) {
      const ratio = overlap(parts[index] as Set<string>, parts[other] as Set<string>);
      const otherTitle = posts[other]?.title ?? "";
      if (ratio > 0.5) found.push({ titles: [post.title, otherTitle], ratio });
    }
    if (index % 10 === 9) await nextTurn();
    signal.throwIfAborted();
  }
  return found.toSorted((left, right) => right.ratio - left.ratio).slice(0, TOP);
}

/** All runs of three characters: finds posts that were copied and then changed a little. */
function trigramsOf(text: string): Set<string> {
  const result = new Set<string>();
  for (let start = 0; start + 3 <= text.length; start += 1) {
    result.add(text.slice(start, start + 3));
  }
  return result;
}

function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of left) if (right.has(word)) shared += 1;
  return Math.round((shared / (left.size + right.size - shared || 1)) * 100) / 100;
}

/** One after the other, as code that nobody has measured yet does. */
async function readClimates(
  source: ReportSource,
  months: readonly Count[],
): Promise<Report["climate"][number][]> {
  const result: Report["climate"][number][] = [];
  for (const { name } of months) {
    const celsius = await readClimate(source.weatherUrl, name, source.signal);
    result.push({ month: name, celsius });
  }
  return result;
}
