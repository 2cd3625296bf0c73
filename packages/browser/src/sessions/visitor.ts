import { randomHex } from "../page/natives.ts";
import type { Store } from "../page/storage.ts";
import { isId } from "./session.ts";

/** A random name of this browser on this origin: who comes again, without who it is. */
export function readVisitor(store: Store, key: string): string {
  const stored = store.get(key);
  if (isId(stored)) return stored;
  const id = randomHex(16);
  store.set(key, id);
  return id;
}
