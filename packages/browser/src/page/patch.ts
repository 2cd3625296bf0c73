/** Takes something back. Calling it again does nothing. */
export type Undo = () => void;

/** An object that holds functions under these names: `console`, `window`, a prototype. */
type Holder = object;

/**
 * Puts a function in the place of another. Whoever patched it before is called by `make`'s result;
 * whoever patches it later keeps working after the undo, which then leaves their function alone: ours
 * below it must step aside by itself, so `make` is told whether it is still wanted.
 */
export function patch<F extends (...args: never[]) => unknown>(
  holder: Holder,
  name: string,
  make: (original: F, isActive: () => boolean) => F,
): Undo {
  const record = holder as Record<string, unknown>;
  const original = record[name];
  if (typeof original !== "function") return () => undefined;
  const isOwn = Object.hasOwn(holder, name);
  let active = true;
  const replacement = make(original as F, () => active);
  try {
    record[name] = replacement;
  } catch {
    // Frozen: the page does not want it changed.
    return () => undefined;
  }
  return () => {
    active = false;
    if (record[name] !== replacement) return;
    if (isOwn) record[name] = original;
    else delete record[name];
  };
}

/** Adds a listener. */
export function listen(
  target: EventTarget,
  type: string,
  listener: (event: Event) => void,
  capture = true,
): Undo {
  const options = { capture, passive: true };
  const safe = (event: Event): void => {
    try {
      listener(event);
    } catch {
      // A page must never notice that it is watched.
    }
  };
  target.addEventListener(type, safe, options);
  return () => target.removeEventListener(type, safe, options);
}
