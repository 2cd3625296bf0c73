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

/** One object, wanted or live. Secrets in `body` are `{"$secret": "${env:NAME}"}`, or `{"$secret": true}` where live and unreadable. */
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
}
