import { setTimeout as wait } from "node:timers/promises";
import type { Resource } from "../../plan/resource.ts";
import type { ChangeOutcome } from "../../plan/target.ts";
import { isObject } from "./api-object.ts";
import type { ApplyInput } from "./apply-input.ts";
import { CONFLICT_TRIES, CONFLICT_WAIT_MILLIS, isLostRace } from "./lost-race.ts";
import { send, toOutcome } from "./outcome.ts";
import { mergeTree, type PolicyNode } from "./policy-tree.ts";
import { policyRequest } from "./requests.ts";

/** Our routes exchanged in the tree as it is now; read anew where another write came between. */
export async function writePolicy(
  input: ApplyInput,
  resource: Resource | undefined,
): Promise<ChangeOutcome> {
  const routes = (resource?.body["routes"] ?? []) as unknown as readonly PolicyNode[];
  let tree: PolicyNode = input.snapshot.policy ?? {};
  for (let tries = 1; ; tries += 1) {
    const merged = mergeTree(tree, input.project, routes);
    const answer = await send(input, policyRequest(merged, tree["provenance"]));
    if (answer.status === "ok") return { status: "done" };
    if (!isLostRace(answer) || tries >= CONFLICT_TRIES) return toOutcome(answer);
    await wait(CONFLICT_WAIT_MILLIS * tries);
    const fresh = await input.client.get("/api/v1/provisioning/policies");
    if (fresh.status === "fault") return toOutcome(fresh);
    tree = isObject(fresh.value) ? (fresh.value as PolicyNode) : tree;
  }
}
