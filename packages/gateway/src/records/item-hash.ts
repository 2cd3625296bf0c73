import type { FaroItem } from "../faro/faro-payload.ts";
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
      return `${item.type} ${item.message} ${item.frames[0]?.line} ${item.frames[0]?.column}`;
  }
}
