import { cleanText } from "../text/clean-text.ts";
import { cutText } from "./cut-text.ts";
import { createKeyCache } from "./key-cache.ts";

const MAX_SHOWN_CHARACTERS = 1_024;

/** What is done about a key of a value. */
export interface KeyRule {
  /** Whether what stands under the key is masked. */
  readonly isSecret: boolean;
  /** The key as it is shown: it may hold a secret itself. */
  readonly shown: string;
}

export interface KeyRulesOptions {
  readonly isSecretKey: (key: string) => boolean;
  readonly text: (text: string) => string;
  /** Terminal codes are taken out of the key before it is looked at. */
  readonly isCleaned: boolean;
}

export function createKeyRules(options: KeyRulesOptions): (key: string) => KeyRule {
  const known = createKeyCache<KeyRule>();

  function find(key: string): KeyRule {
    const shown = options.text(cutText(key, MAX_SHOWN_CHARACTERS));
    return { isSecret: options.isSecretKey(options.isCleaned ? cleanText(key) : key), shown };
  }

  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const rule = find(key);
    // A key with a secret in it is looked at each time, because each time is counted.
    if (rule.shown === key) known.set(key, rule);
    return rule;
  };
}
