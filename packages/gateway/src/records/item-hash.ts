import type { FaroException, FaroItem } from "../faro/faro-payload.ts";
import { hashNumber, hashText } from "./text-hash.ts";

/** Of what an item says; the same each time it comes. */
export function itemHash(seed: number, item: FaroItem): number {
  const timed = hashNumber(seed, item.timeMillis ?? 0);
  return hashText(hashText(timed, textOf(item)), item.context ?? "");
}

function textOf(item: FaroItem): string {
  switch (item.kind) {
    case "log":
      return item.message;
    case "event":
      return item.name + [...item.attributes].join();
    case "measurement":
      return item.type + [...item.values].join();
    case "exception":
      return `${item.type} ${item.n} ${placeOf(item)} ${item.message}`;
  }
}

/** The innermost calls: they tell errors of one kind apart. */
function placeOf({ frames }: FaroException): string {
  return frames
    .slice(0, 3)
    .map(({ file, line, column }) => `${file}:${line}:${column}`)
    .join();
}
