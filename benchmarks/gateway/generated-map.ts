const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export interface GeneratedMap {
  readonly text: string;
  /** Of its one line. */
  readonly columns: number;
}

/**
 * A source map like that of a large bundle: one line, 2,000 sources, a name for a third of the places,
 * and the table of functions that a stored map has. The same for the same seed.
 */
export function generateMap(segmentCount: number, seed = 7): GeneratedMap {
  const random = createRandom(seed);
  const names = Array.from({ length: 30_000 }, (_, index) => `name${index}`);
  const mappings: string[] = [];
  const starts: string[] = [];
  const last = { source: 0, line: 0, column: 0, name: 0, start: 0, function: 0 };
  let column = 0;
  let line = 0;
  for (let index = 0; index < segmentCount; index += 1) {
    const source = Math.floor(index / 175) % 2_000;
    if (source !== last.source) line = 0;
    line += random(3) === 0 ? 1 : 0;
    const sourceColumn = random(90);
    const step = index === 0 ? 0 : 1 + random(12);
    column += step;
    let text =
      vlq(step) +
      vlq(source - last.source) +
      vlq(line - last.line) +
      vlq(sourceColumn - last.column);
    Object.assign(last, { source, line, column: sourceColumn });
    if (random(3) === 0) {
      const name = random(names.length);
      text += vlq(name - last.name);
      last.name = name;
    }
    mappings.push(text);
    if (index % 12 === 0) {
      const name = Math.floor(index / 12) % names.length;
      starts.push(vlq(column - last.start) + vlq(name - last.function));
      Object.assign(last, { start: column, function: name });
    }
  }
  const sources = Array.from({ length: 2_000 }, (_, index) => `../../src/part-${index}.ts`);
  const map = {
    version: 3,
    sources,
    names,
    mappings: mappings.join(","),
    x_sightline_functions: { names, starts: starts.join(",") },
  };
  return { text: JSON.stringify(map), columns: column };
}

/** Whole numbers from 0 below the limit. */
function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
}

function vlq(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += ALPHABET[rest === 0 ? digit : digit | 32];
  } while (rest !== 0);
  return text;
}
