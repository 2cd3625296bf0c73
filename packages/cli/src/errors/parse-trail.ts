import { isJsonObject, type Json } from "../plan/resource.ts";

/** What a user did, or what happened to them, before an error. */
export interface TrailStep {
  /** Unix milliseconds by the page's clock. */
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}

/** Oldest first. What is no step is left out: the text came from a browser. */
export function parseTrail(text: string | undefined): TrailStep[] {
  const steps = parseJson(text ?? "[]");
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step) => {
    if (!isJsonObject(step)) return [];
    const { at, kind, text: words } = step as { readonly [key: string]: Json | undefined };
    if (typeof at !== "number" || typeof kind !== "string" || typeof words !== "string") return [];
    return [{ at, kind, text: words }];
  });
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
