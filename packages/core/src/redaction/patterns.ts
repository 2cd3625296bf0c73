import type { RedactionCategory } from "./category.ts";
import { isCreditCard } from "./credit-card.ts";
import { TRAIT } from "./text-traits.ts";

/** One kind of secret as it looks in text. */
export interface RedactionPattern {
  readonly category: RedactionCategory;
  /** Must be global. Every repetition is bounded and every start is anchored: time stays linear. */
  readonly pattern: RegExp;
  /** Every {@link TRAIT} that a text with a match has; 0 = none is sure. */
  readonly needs: number;
  /** A cheap test that most lines fail, so that the pattern is not run on them. */
  readonly mayOccur: (text: string) => boolean;
  /** Whether a match really is one; absent: every match is. */
  readonly confirm?: (match: string) => boolean;
  /** Replacement with `$1` groups around the mark, written `%`; absent: the mark alone. */
  readonly template?: string;
}

/** In this order: the wider ones first, so that a secret is not masked in part. */
export const REDACTION_PATTERNS: readonly RedactionPattern[] = [
  {
    category: "private_key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    needs: TRAIT.pemDashes,
    mayOccur: (text) => text.includes("PRIVATE KEY"),
  },
  {
    category: "url_credentials",
    // Greedy up to the last "@" before the path: passwords hold "@" and ":" more often than not.
    pattern: /(:\/\/)[^\s/"'<>]{1,512}@/g,
    template: "$1%@",
    needs: TRAIT.at | TRAIT.pair,
    mayOccur: (text) => text.includes("://") && text.includes("@"),
  },
  {
    category: "cookie",
    pattern: /(?<![\w.-])((?:set-)?cookie["']?\s{0,3}[:=]\s{0,3}["']?)[^\r\n"']{1,4096}/gi,
    template: "$1%",
    needs: TRAIT.pair,
    mayOccur: (text) => /cookie/i.test(text),
  },
  {
    category: "authorization",
    pattern:
      /(?<![\w-])((?:proxy-)?authorization["']?\s{0,3}[:=]\s{0,3}["']?)(?:[A-Za-z][\w-]{1,30}\s{1,3})?[^\s"',]{1,4096}/gi,
    template: "$1%",
    needs: TRAIT.pair,
    mayOccur: (text) => /authorization/i.test(text),
  },
  {
    category: "authorization",
    pattern: /(?<![\w-])(Bearer\s{1,3})([\w+/=.~-]{8,4096})/gi,
    template: "$1%",
    needs: TRAIT.token,
    mayOccur: (text) => /bearer/i.test(text),
    // "Bearer authentication" is prose: a token has a digit or is long.
    confirm: (match) => /\d/.test(match) || match.length > 40,
  },
  {
    category: "jwt",
    pattern: /(?<![\w-])eyJ[\w-]{5,4096}\.[\w-]{5,4096}(?:\.[\w-]{0,4096})?/g,
    needs: TRAIT.longWord,
    mayOccur: (text) => text.includes("eyJ"),
  },
  {
    category: "access_token",
    pattern:
      /(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{22,255}|glpat-[\w-]{20,255}|xox[abeoprs]-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{10,255}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,255}|sk-[A-Za-z0-9_-]{20,255}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|SG\.[\w-]{16,64}\.[\w-]{16,128}|glsa_\w{32,64}|\d{8,10}:AA[\w-]{33})/g,
    needs: TRAIT.longWord,
    mayOccur: (text) =>
      /AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ABIA|ACCA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|[srp]k_|whsec_|sk-|AIza|npm_|SG\.|glsa_|:AA/.test(
        text,
      ),
  },
  {
    category: "access_token",
    pattern:
      /(https:\/\/(?:hooks\.slack\.com\/(?:services|workflows)|discord(?:app)?\.com\/api\/webhooks|[\w-]{1,63}\.webhook\.office\.com)\/)[^\s"'<>)]{8,512}/g,
    template: "$1%",
    needs: TRAIT.pair | TRAIT.longWord,
    mayOccur: (text) => /hooks\.slack\.com|\/api\/webhooks|webhook\.office/.test(text),
  },
  {
    category: "email",
    pattern:
      /(?<![\p{L}\p{N}_.%+'-])[\p{L}\p{N}_.%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,63}/gu,
    needs: TRAIT.at,
    mayOccur: (text) => text.includes("@"),
  },
  {
    category: "credit_card",
    pattern: /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g,
    needs: TRAIT.cardDigits,
    mayOccur: (text) => /\d(?:[ -]?\d){12}/.test(text),
    confirm: isCreditCard,
  },
];
