/** `<life> <number> @<Unix milliseconds> …`, at the start of a line of a record's text. */
const NUMBERED = /^(life-\S+) (\d+) (?:@(\d+) )?/gm;

export interface NumberedLine {
  readonly life: string;
  readonly number: number;
  readonly printedUnixMillis: number | undefined;
}

/** The writer's lines in the text of one record. */
export function findNumbered(text: string): NumberedLine[] {
  return Array.from(text.matchAll(NUMBERED), ([, life = "", number, printed]) => ({
    life,
    number: Number(number),
    printedUnixMillis: printed === undefined ? undefined : Number(printed),
  }));
}

/** How often each numbered line of each life was found. */
export interface Tally {
  add: (text: string) => void;
  /** Held against what the writer had begun and finished when it ended. */
  judge: (life: string, written: Written) => Judgement;
}

/** A writer that is killed may have written the line that it had begun, or not. */
export interface Written {
  readonly begun: number;
  readonly finished: number;
}

export interface Judgement {
  readonly stored: number;
  readonly lost: number;
  readonly doubled: number;
  /** Numbers of the first lost lines. */
  readonly missing: readonly number[];
}

const SHOWN_MISSING = 5;

export function createTally(): Tally {
  const lives = new Map<string, Map<number, number>>();
  return {
    add: (text) => {
      for (const { life, number } of findNumbered(text)) {
        const numbers = lives.get(life) ?? new Map<number, number>();
        lives.set(life, numbers);
        numbers.set(number, (numbers.get(number) ?? 0) + 1);
      }
    },
    judge: (life, { begun, finished }) => {
      const numbers = lives.get(life) ?? new Map<number, number>();
      const foreign = [...numbers.keys()].filter((number) => number < 1 || number > begun);
      if (foreign.length > 0) throw new Error(`"${life}" never wrote line ${foreign[0]}`);
      const missing: number[] = [];
      let lost = 0;
      for (let number = 1; number <= finished; number++) {
        if (numbers.has(number)) continue;
        lost++;
        if (missing.length < SHOWN_MISSING) missing.push(number);
      }
      const found = [...numbers.values()].reduce((sum, times) => sum + times, 0);
      return { stored: numbers.size, lost, doubled: found - numbers.size, missing };
    },
  };
}
