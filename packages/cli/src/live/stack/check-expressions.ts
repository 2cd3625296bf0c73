import pLimit from "p-limit";
import type { Source } from "../../compile/model.ts";
import { keyOf } from "../../plan/plan-changes.ts";
import type { Resource } from "../../plan/resource.ts";
import { sendHttp } from "../../stack/http.ts";
import type { RunningStack } from "./running-servers.ts";

const PATHS: { readonly [source in Source]: string } = {
  prometheus: "/api/v1/format_query",
  loki: "/loki/api/v1/format_query",
};
const AT_ONCE = 8;

/**
 * Asks the running servers themselves whether they can read the expressions, before a file is
 * touched. Gives the reason of each that they cannot, by the key of the rule.
 */
export async function checkExpressions(
  running: RunningStack,
  rules: readonly Resource[],
): Promise<ReadonlyMap<string, string>> {
  const limit = pLimit(AT_ONCE);
  const found = await Promise.all(
    rules.map((rule) =>
      limit(async () => [keyOf(rule), await complaintOf(running, rule)] as const),
    ),
  );
  return new Map(
    found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

async function complaintOf(
  { servers }: RunningStack,
  { body }: Resource,
): Promise<string | undefined> {
  const source = body["source"];
  if (source !== "prometheus" && source !== "loki") return undefined;
  const server = servers.get(source);
  if (server === undefined) return undefined;
  const answer = await sendHttp({
    url: `${server.url}${PATHS[source]}?${new URLSearchParams({ query: String(body["expr"]) })}`,
    timeoutMillis: 10_000,
  });
  // Only a clear no counts: a server that cannot be asked will say so when it reloads.
  if (answer.status !== "answered" || answer.code !== 400) return undefined;
  return `${source} cannot read its expression: ${errorOf(answer.body)}`;
}

function errorOf(body: string): string {
  try {
    return String((JSON.parse(body) as { error?: unknown }).error ?? body).slice(0, 500);
  } catch {
    return body.trim().slice(0, 500);
  }
}
