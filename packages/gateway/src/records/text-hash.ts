const PRIME = 0x01000193;
const MAX_CHARACTERS = 512;

/**
 * FNV-1a, 32 bits, over the units of the head of a text and its length. It tells things of one page
 * apart and nothing depends on nobody making it collide.
 */
export function hashText(seed: number, text: string): number {
  const length = Math.min(text.length, MAX_CHARACTERS);
  let hash = Math.imul(seed ^ text.length, PRIME);
  for (let index = 0; index < length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash >>> 0;
}

export function hashNumber(seed: number, value: number): number {
  const low = Math.imul(seed ^ (value % 0x1_0000_0000), PRIME);
  return Math.imul(low ^ Math.floor(value / 0x1_0000_0000), PRIME) >>> 0;
}
