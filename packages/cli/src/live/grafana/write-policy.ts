import { isDeepStrictEqual } from "node:util";
import type { Resource } from "../../plan/resource.ts";
import type { ChangeOutcome } from "../../plan/target.ts";
import type { AnswerFault } from "./answer.ts";
import { isObject } from "./api-object.ts";
import type { ApplyInput } from "./apply-input.ts";
import { canonicalGrafana } from "./canonical.ts";
import { CONFLICT_TRIES, isLostRace, waitForOthers } from "./lost-race.ts";
import { send, toOutcome } from "./outcome.ts";
import { mergeTree, type PolicyNode, splitTree } from "./policy-tree.ts";
import { policyRequest } from "./requests.ts";

/**
 * Our routes exchanged in the tree as it is now. The API replaces the whole tree and knows no version, so
 * it is read just before, and again after: who wrote at the same time may have read what was before.
 */
export async function writePolicy(
  input: ApplyInput,
  resource: Resource | undefined,
): Promise<ChangeOutcome> {
  const routes = (resource?.body["routes"] ?? []) as unknown as readonly PolicyNode[];
  for (let tries = 1; ; tries += 1) {
    const tree = await readTree(input);
    if (tree.status === "fault") return toOutcome(tree.fault);
    const merged = mergeTree(tree.root, input.project, routes);
    const answer = await send(input, policyRequest(merged, tree.root["provenance"]));
    if (answer.status === "fault" && !isLostRace(answer)) return toOutcome(answer);
    if (answer.status === "ok") {
      const after = await readTree(input);
      if (after.status === "fault" || holds(after.root, input.project, routes)) {
        return { status: "done" };
      }
    }
    if (tries >= CONFLICT_TRIES) {
      const reason = "others write the notification policies all the time; apply again";
      return answer.status === "fault" ? toOutcome(answer) : { status: "failed", reason };
    }
    await waitForOthers(tries);
  }
}

async function readTree({
  client,
}: ApplyInput): Promise<
  | { readonly status: "ok"; readonly root: PolicyNode }
  | { readonly status: "fault"; readonly fault: AnswerFault }
> {
  const answer = await client.get("/api/v1/provisioning/policies");
  if (answer.status === "fault") return { status: "fault", fault: answer };
  return { status: "ok", root: isObject(answer.value) ? (answer.value as PolicyNode) : {} };
}

function holds(root: PolicyNode, project: string, routes: readonly PolicyNode[]): boolean {
  const { ours, othersBefore } = splitTree(root, project);
  return othersBefore === 0 && isDeepStrictEqual(canonicalRoutes(ours), canonicalRoutes(routes));
}

function canonicalRoutes(routes: readonly PolicyNode[]): Resource["body"] {
  const body = { routes } as unknown as Resource["body"];
  return canonicalGrafana({ kind: "policy", id: "", title: "", body, owner: "ours" }).body;
}
