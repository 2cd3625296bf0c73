import { createRandom, pick, shuffle } from "./random.ts";
import { seededIds } from "./seed.ts";

/** One request, planned before anything is sent. */
export interface PlannedRequest {
  readonly method: "GET" | "POST";
  /** As the board's router spells it; what metrics and traces call `http.route`. */
  readonly route: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Any other status counts as a failure of the run. */
  readonly expectedStatuses: readonly number[];
}

export const REQUEST_KINDS = [
  "list",
  "read",
  "like",
  "page",
  "search",
  "comment",
  "weather",
  "post",
  "invalid",
  "missing",
  "publish",
  "report",
] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** Out of one hundred requests. Mostly cheap reads, as on a real board; never a crash. */
const SHARE: Readonly<Record<RequestKind, number>> = {
  list: 27,
  read: 27,
  like: 10,
  page: 9,
  search: 7,
  comment: 5,
  weather: 5,
  post: 3,
  invalid: 2,
  missing: 2,
  publish: 2,
  report: 1,
};

const NAMES = ["Priya Nair", "Jonas Weber", "Ines Duarte", "Yuki Tanaka"] as const;
const SEARCHES = ["soup", "release", "parcel", "nightly import", "voucher", "currensy"] as const;
const CITIES = ["Porto", "Bergen", "Graz", "Ghent"] as const;
const SENTENCES = [
  "The lift is working again.",
  "Does anybody have a spare monitor cable?",
  "Thank you, I will have a look this afternoon.",
  "The new filter is much quicker than the old one.",
] as const;

type MakeRequest = (random: () => number) => PlannedRequest;

const IDS = seededIds();
const postId = (random: () => number): number =>
  IDS.published[Math.floor(random() * IDS.published.length)] ?? 1;

const MAKE: Readonly<Record<RequestKind, MakeRequest>> = {
  page: () => get("/", "/"),
  list: (random) => get("/api/posts", `/api/posts?page=${1 + Math.floor(random() * 5)}`),
  read: (random) => get("/api/posts/:id", `/api/posts/${postId(random)}`),
  missing: () => get("/api/posts/:id", "/api/posts/999999999", [404]),
  search: (random) =>
    get("/api/search", `/api/search?q=${encodeURIComponent(pick(SEARCHES, random))}`),
  // 502 and 504 are the weather service's fault and belong to a normal day.
  weather: (random) =>
    get("/api/weather", `/api/weather?city=${pick(CITIES, random)}`, [200, 502, 504]),
  report: () => get("/api/report", "/api/report"),
  like: (random) => post("/api/posts/:id/like", `/api/posts/${postId(random)}/like`, {}, [200]),
  comment: (random) =>
    post(
      "/api/posts/:id/comments",
      `/api/posts/${postId(random)}/comments`,
      { author: pick(NAMES, random), body: pick(SENTENCES, random) },
      [201],
    ),
  post: (random) => {
    const body = pick(SENTENCES, random);
    const author = pick(NAMES, random);
    return post("/api/posts", "/api/posts", { title: body.slice(0, 40), body, author }, [201]);
  },
  invalid: (random) =>
    post("/api/posts", "/api/posts", { title: "", body: pick(SENTENCES, random) }, [400]),
  publish: (random) => {
    const id = pick(IDS.authorless, random);
    return post("/api/posts/:id/publish", `/api/posts/${id}/publish`, {}, [500]);
  },
};

/**
 * The requests of a run in their order; the same seed and count give the same list. From twelve
 * requests on, each kind is in it at least once.
 */
export function planTraffic(seed: number, requests: number): PlannedRequest[] {
  const random = createRandom(seed);
  return shuffle(planKinds(requests), random).map((kind) => MAKE[kind](random));
}

/** Shares turned into whole numbers that add up: one each first, the rest by largest remainder. */
export function planKinds(requests: number): RequestKind[] {
  const total = REQUEST_KINDS.reduce((sum, kind) => sum + SHARE[kind], 0);
  const atLeast = requests >= REQUEST_KINDS.length ? 1 : 0;
  const counts = REQUEST_KINDS.map((kind) => {
    const exact = (requests * SHARE[kind]) / total;
    const count = Math.max(atLeast, Math.floor(exact));
    return { kind, count, remainder: exact - count };
  });
  const missing = requests - counts.reduce((sum, entry) => sum + entry.count, 0);
  const byRemainder = counts.toSorted((left, right) => right.remainder - left.remainder);
  for (let step = 0; step < missing; step += 1) {
    const entry = byRemainder[step % byRemainder.length];
    if (entry !== undefined) entry.count += 1;
  }
  // The minimum of one can overshoot in short runs; the most common kinds give way.
  for (let step = missing; step < 0; step += 1) {
    counts.reduce((most, entry) => (entry.count > most.count ? entry : most)).count -= 1;
  }
  return counts.flatMap(({ kind, count }) => Array.from({ length: count }, () => kind));
}

function get(route: string, path: string, expectedStatuses: readonly number[] = [200]) {
  return { method: "GET", route, path, expectedStatuses } as const;
}

function post(
  route: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
  expectedStatuses: readonly number[],
) {
  return { method: "POST", route, path, body, expectedStatuses } as const;
}
