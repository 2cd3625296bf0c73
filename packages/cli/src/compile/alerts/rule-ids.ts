import { createHash } from "node:crypto";

/** Grafana takes no longer uid. */
const MAX_LENGTH = 40;
const DIGEST_LENGTH = 8;

/**
 * The id that a name gives: letters, digits and dashes, at most 40. It depends on the name alone, so
 * it stays when alerts are reordered. Where something of the name was left out, a digest stands for it.
 */
export function ruleId(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  const isWhole =
    slug.length <= MAX_LENGTH && !/[\p{Letter}\p{Number}]/u.test(plain.replaceAll(/[a-z0-9]/g, ""));
  if (isWhole && slug !== "") return slug;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, DIGEST_LENGTH);
  const begin = slug.slice(0, MAX_LENGTH - DIGEST_LENGTH - 1).replace(/-+$/, "") || "alert";
  return `${begin}-${digest}`;
}
