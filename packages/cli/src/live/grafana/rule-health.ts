import type { Change } from "../../plan/plan.ts";
import type { Resource } from "../../plan/resource.ts";
import { cleanLine } from "../../report/clean-text.ts";
import { isObject, objects } from "./api-object.ts";
import type { GrafanaClient } from "./client.ts";

/** What Grafana says of rules that were just written: those that it cannot evaluate. */
export async function readRuleProblems(
  { client, wanted }: { readonly client: GrafanaClient; readonly wanted: readonly Resource[] },
  changes: readonly Change[],
): Promise<readonly string[]> {
  const hasRules = changes.some(({ kind, action }) => kind === "rule" && action !== "delete");
  if (!hasRules) return [];
  const answer = await client.get("/api/prometheus/grafana/api/v1/rules");
  if (answer.status === "fault" || !isObject(answer.value)) return [];
  const data = isObject(answer.value["data"]) ? answer.value["data"] : {};
  const groups = new Set(
    wanted.filter(({ kind }) => kind === "rule").map(({ body }) => String(body["ruleGroup"])),
  );
  const titles = new Set(wanted.filter(({ kind }) => kind === "rule").map(({ title }) => title));
  return objects(data["groups"])
    .filter((group) => groups.has(String(group["name"])))
    .flatMap((group) => objects(group["rules"]))
    .filter((rule) => rule["health"] === "error" && titles.has(String(rule["name"])))
    .map(
      (rule) =>
        `${cleanLine(String(rule["name"]))} cannot be evaluated: ${cleanLine(String(rule["lastError"] ?? ""))}`,
    );
}
