import type { Place } from "../fault.ts";

/** Kinds of objects that a target holds, in the order in which they are created. */
export const RESOURCE_KINDS = [
  "folder",
  "datasource",
  "template",
  "mute-timing",
  "contact-point",
  "policy",
  "rule",
  "record",
  "probe",
  "dashboard",
  "setting",
] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One object, wanted or live. Secrets in `body` are {@link SecretMark}s. */
export interface Resource {
  readonly kind: ResourceKind;
  /** uid, or the name where it has none. Unique within the kind. */
  readonly id: string;
  readonly title: string;
  readonly body: { readonly [key: string]: Json };
  /** Where the specification says it. */
  readonly place?: Place | undefined;
  /** `ours` is marked as this project's; `foreign` is of people, of another tool or of a file. Wanted ones are ours. */
  readonly owner: "ours" | "foreign";
  /** Wanted, and named by its uid in the specification: it needs no mark of ours to be changed. */
  readonly isNamed?: true;
  /** Live: why this target cannot write it ("provisioned from a file of the server"). */
  readonly locked?: string | undefined;
  /** Live and foreign: whose it is, where its marks say so: `project "other"`. */
  readonly heldBy?: string | undefined;
  /** Live: who changed it last and when, as far as the server says: "ada, 2026-11-23T15:40:12Z". */
  readonly changedBy?: string | undefined;
}

/**
 * A secret in a body. Wanted: the reference, `{"$secret": "${env:NAME}"}`. Live: `{"$secret": true}`,
 * since servers do not give secrets back, and what is known of it against the wanted one. Without
 * `$state` a live secret counts as the same.
 */
export interface SecretMark {
  readonly $secret: string | true;
  readonly $state?: SecretState;
}

/** `unrecorded`: nothing says what was sent. `unknown`: the value is not at hand here, so nothing can be said. */
export type SecretState = "same" | "changed" | "unrecorded" | "unknown";

export function isSecretMark(value: unknown): value is SecretMark {
  return typeof value === "object" && value !== null && "$secret" in value;
}

export function isJsonObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
