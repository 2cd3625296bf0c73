import { readFileSync } from "node:fs";
import { z } from "zod";
import { Failure } from "../failure.ts";
import type { Plan } from "./plan.ts";

const FORMAT = "sightline-plan-1";

/** What `plan --out` keeps for `apply`: how the plan was made, and what it rests on. */
export interface SavedPlan {
  readonly file: string | undefined;
  readonly target: string;
  readonly token: string;
  readonly prune: boolean;
  readonly adopt: boolean;
}

const savedSchema = z.object({
  format: z.literal(FORMAT),
  file: z.string().optional(),
  prune: z.boolean(),
  adopt: z.boolean(),
  plan: z.object({ target: z.string(), token: z.string() }),
});

export function formatPlanFile(
  plan: Plan,
  made: Pick<SavedPlan, "file" | "prune" | "adopt">,
): string {
  return `${JSON.stringify({ format: FORMAT, ...made, plan }, undefined, 2)}\n`;
}

/** `apply` makes the plan anew and compares the token: the changes in the file are for people. */
export function readPlanFile(path: string): SavedPlan {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Failure(`cannot read the plan ${path}: ${(error as Error).message}`, {
      advice: ["sightline plan --out <file> writes one"],
    });
  }
  const parsed = savedSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new Failure(`${path} is no plan that this version wrote`, {
      advice: ["sightline plan --out <file> writes one"],
    });
  }
  const { file, prune, adopt, plan } = parsed.data;
  return { file, prune, adopt, target: plan.target, token: plan.token };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
