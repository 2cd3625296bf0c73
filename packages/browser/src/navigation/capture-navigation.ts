import { listen, patch, type Undo } from "../page/patch.ts";

/** Of the Navigation API, which not every type library has. */
interface WithNavigation {
  readonly navigation?: EventTarget;
}

/**
 * Tells that the address changed within the page. By the Navigation API where there is one, since it
 * needs no patch and misses nothing; else by the history's calls and events.
 */
export function captureNavigation(onChange: () => void): Undo {
  let last = location.href;
  const check = (): void => {
    if (location.href === last) return;
    last = location.href;
    onChange();
  };
  const { navigation } = window as WithNavigation;
  const undos =
    navigation instanceof EventTarget
      ? [listen(navigation, "currententrychange", check)]
      : [
          patchHistory("pushState", check),
          patchHistory("replaceState", check),
          listen(window, "popstate", check),
          listen(window, "hashchange", check),
        ];
  return () => {
    for (const undo of undos) undo();
  };
}

function patchHistory(name: "pushState" | "replaceState", after: () => void): Undo {
  return patch<History["pushState"]>(
    history,
    name,
    (original, isActive) =>
      function (this: History, ...args) {
        original.apply(this, args);
        try {
          if (isActive()) after();
        } catch {
          // The page has navigated all the same.
        }
      },
  );
}
