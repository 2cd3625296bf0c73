import { type PatternNode, type PatternSequence, parsePattern } from "./parse-pattern.ts";

const MAX_PATTERN_LENGTH = 500;
/** Past this, a repetition counts as endless: what is tried grows with every round. */
const MAX_ROUNDS = 16;
const MAX_WAYS_BITS = 26;

/**
 * Why a user's regular expression cannot be used; undefined if it can. Beside what `RegExp` refuses
 * this refuses what can take longer than the square of the text: somebody who may write a log line
 * could stop the agent with it. The rules err on the careful side, and each text says the way out.
 */
export function checkPattern(text: string): string | undefined {
  if (text.length > MAX_PATTERN_LENGTH) {
    return `it has ${text.length} characters; expected at most ${MAX_PATTERN_LENGTH}`;
  }
  try {
    new RegExp(text);
  } catch (error) {
    const reason = (error as Error).message;
    return `it cannot be read: ${reason.slice(reason.lastIndexOf(": ") + 2)}`;
  }
  const alternatives = parsePattern(text);
  for (const sequence of alternatives) {
    const problem = findNested(sequence) ?? findChain(sequence) ?? findExplosion(sequence);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findNested(sequence: PatternSequence): string | undefined {
  for (const node of sequence) {
    if (node.kind === "backreference") {
      return "a back-reference can take for ever; write what it repeats again";
    }
    const problem =
      node.kind === "repeat"
        ? findInRepeat(node)
        : node.kind === "group"
          ? firstOf(node.alternatives.map(findNested))
          : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findInRepeat(node: PatternNode & { kind: "repeat" }): string | undefined {
  const { of, max } = node;
  if (of.kind !== "group") return of.kind === "backreference" ? findNested([of]) : undefined;
  if (max > 1 && of.alternatives.some(hasEndless)) {
    return 'a repetition inside a repetition can take for ever; repeat one set of characters, as in [^"]*, or bound the inner one, as in \\d{1,3}';
  }
  if (max > MAX_ROUNDS && of.alternatives.some(hasChoice)) {
    return "what may be left out inside a repetition can take for ever; bound the outer one, as in (…){1,16}";
  }
  if (max > MAX_ROUNDS && areAmbiguous(of.alternatives)) {
    return "alternatives that begin alike inside a repetition can take for ever; use a set of characters, as in [ab]*";
  }
  return firstOf(of.alternatives.map(findNested));
}

function hasEndless(sequence: PatternSequence): boolean {
  return sequence.some(
    (node) =>
      (node.kind === "repeat" && (node.max > MAX_ROUNDS || hasEndless([node.of]))) ||
      (node.kind === "group" && node.alternatives.some(hasEndless)),
  );
}

function hasChoice(sequence: PatternSequence): boolean {
  return sequence.some(
    (node) =>
      (node.kind === "repeat" && (node.min !== node.max || hasChoice([node.of]))) ||
      (node.kind === "group" &&
        (areAmbiguous(node.alternatives) || node.alternatives.some(hasChoice))),
  );
}

function areAmbiguous(alternatives: readonly PatternSequence[]): boolean {
  const firsts = alternatives.map(([first]) => (first ? charactersOf(first) : 0n));
  return firsts.some((first, index) =>
    firsts.slice(0, index).some((other) => !first || !other || overlap(first, other)),
  );
}

/**
 * Endless repetitions in a row that can share characters: for each place where the first may end,
 * all places of the second are tried, and so on. An expression that may begin anywhere is one more.
 */
function findChain(sequence: PatternSequence): string | undefined {
  const items = flatten(sequence);
  const isAnchored = items[0]?.kind === "start";
  const longest = Math.max(0, ...chainLengths(items));
  if (longest + (isAnchored ? 0 : 1) <= 2) return undefined;
  return isAnchored
    ? `${longest} endless repetitions that take the same characters can take for ever; separate them by a character that they do not take, as in [^"]*" or \\S+ , or bound them, as in \\d{1,9}`
    : `endless repetitions that take the same characters can take for ever; begin the expression with ^, or bound them, as in \\d{1,9}`;
}

/**
 * Repetitions that are bounded, but many: `a?` forty times is 2^40 ways to take the same text. Counted
 * without asking whether they can take the same characters: a log pattern stays far below.
 */
function findExplosion(sequence: PatternSequence): string | undefined {
  const bits = waysBits(sequence);
  if (bits <= MAX_WAYS_BITS) return undefined;
  return "what may be left out or repeated stands in it too often, which can take for ever; use fewer of ?, {0,n} and {1,n}, or one endless repetition of a set, as in [^ ]+";
}

/** Ways to walk through it, as a power of two; endless repetitions are judged by their chains. */
function waysBits(sequence: PatternSequence): number {
  return sequence.reduce((bits, node) => bits + nodeBits(node), 0);
}

function nodeBits(node: PatternNode): number {
  if (node.kind === "group") {
    return Math.log2(node.alternatives.length) + Math.max(0, ...node.alternatives.map(waysBits));
  }
  if (node.kind !== "repeat" || isEndless(node)) return 0;
  return Math.log2(node.max - node.min + 1) + node.max * nodeBits(node.of);
}

interface Item {
  readonly characters: bigint;
  readonly isEndless: boolean;
  readonly isMandatory: boolean;
}

function chainLengths(nodes: readonly PatternNode[]): number[] {
  const items = nodes.map((node) => ({
    characters: charactersOf(node),
    isEndless: isEndless(node),
    isMandatory: isMandatory(node),
  }));
  const lengths: number[] = [];
  for (const [index, item] of items.entries()) {
    const before = lengths.map((length, at) =>
      length > 0 && item.isEndless && areConnected(items, at, index) ? length : 0,
    );
    lengths.push(item.isEndless ? 1 + Math.max(0, ...before) : 0);
  }
  return lengths;
}

function areConnected(items: readonly Item[], from: number, to: number): boolean {
  const left = items[from]?.characters ?? 0n;
  const right = items[to]?.characters ?? 0n;
  const between = items.slice(from + 1, to).filter((item) => item.isMandatory);
  if (between.length === 0) return overlap(left, right);
  return between.every(({ characters }) => overlap(characters, left) && overlap(characters, right));
}

/** Groups that are not repeated stand for what is in them; several alternatives for all of them. */
function flatten(sequence: PatternSequence): PatternNode[] {
  return sequence.flatMap((node) => {
    if (node.kind === "group") {
      const [only, ...others] = node.alternatives;
      if (only && others.length === 0) return flatten(only);
      return node.alternatives.flatMap(flatten).filter(isEndless);
    }
    if (node.kind === "repeat" && node.of.kind === "group" && !isEndless(node)) {
      return node.of.alternatives.flatMap(flatten).filter(isEndless);
    }
    return [node];
  });
}

function isEndless(node: PatternNode): boolean {
  return node.kind === "repeat" && node.max > MAX_ROUNDS * 16;
}

function isMandatory(node: PatternNode): boolean {
  return node.kind === "character" || (node.kind === "repeat" && node.min > 0);
}

/** ASCII and a few others stand for all: sets of a log pattern differ in these. */
const SAMPLES: readonly string[] = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  ..."éЖ中\u2028\u00a0",
];

/** The samples that a node may take, one bit each. */
function charactersOf(node: PatternNode): bigint {
  switch (node.kind) {
    case "character": {
      const one = new RegExp(`^(?:${node.source})$`, "s");
      return SAMPLES.reduce(
        (bits, sample, at) => (one.test(sample) ? bits | (1n << BigInt(at)) : bits),
        0n,
      );
    }
    case "repeat":
      return charactersOf(node.of);
    case "group":
      return node.alternatives.flat().reduce((bits, each) => bits | charactersOf(each), 0n);
    default:
      return 0n;
  }
}

function overlap(left: bigint, right: bigint): boolean {
  return (left & right) !== 0n;
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
