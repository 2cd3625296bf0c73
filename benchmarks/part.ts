import type { Section } from "./report.ts";

/** What a part is given. */
export interface PartContext {
  readonly root: string;
  readonly isQuick: boolean;
  /** Says on stderr what goes on. */
  readonly note: (text: string) => void;
}

export type RunPart = (context: PartContext) => Promise<Section>;
