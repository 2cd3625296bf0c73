/** Says a thing about a path once, and again only after it had been put right. */
export interface Notices {
  say(about: string, text: string): void;
  /** Forgets what was said about paths that have no problem any more. */
  keepOnly(hasProblem: (about: string) => boolean): void;
}

/** Paths that are remembered; whoever has more unreadable files than this has read enough. */
const MAX_SAID = 1_000;

export function createNotices(log: (text: string) => void): Notices {
  const said = new Map<string, string>();
  return {
    say(about, text) {
      if (said.get(about) === text || said.size >= MAX_SAID) return;
      said.set(about, text);
      log(text);
    },
    keepOnly(hasProblem) {
      for (const about of said.keys()) if (!hasProblem(about)) said.delete(about);
    },
  };
}
