import { cutText } from "./cut-text.ts";
import { createKeyCache } from "./key-cache.ts";

const MAX_SHOWN_CHARACTERS = 1_024;

/** What is done about the keys of a value. */
export interface KeyRules {
  /** Whether what stands under this key is masked. */
  isSecret(key: string): boolean;
  /** The key as it is shown: it may hold a secret itself. */
  shown(key: string): string;
}

export function createKeyRules(
  isSecret: (key: string) => boolean,
  text: (text: string) => string,
): KeyRules {
  const shownAsTheyAre = createKeyCache();
  return {
    isSecret,
    shown(key) {
      if (shownAsTheyAre.get(key) === true) return key;
      const shown = text(cutText(key, MAX_SHOWN_CHARACTERS));
      // A key with a secret in it is looked at each time, because each time is counted.
      if (shown === key) shownAsTheyAre.set(key, true);
      return shown;
    },
  };
}
