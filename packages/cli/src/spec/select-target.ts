import { closestName } from "@sightline/core";

export type SelectTargetResult<T> =
  /** Undefined: the specification names none, so it is the stack of this machine. */
  | { readonly status: "ok"; readonly target: T | undefined }
  | { readonly status: "unknown"; readonly message: string; readonly advice: string }
  | { readonly status: "ambiguous"; readonly message: string; readonly advice: string };

/** The stack of this machine; it is there without being written. */
export const LOCAL_TARGET = "local";

/** The target that `--target` names; without it the only one. */
export function selectTarget<T extends { readonly name: string }>(
  targets: readonly T[],
  name: string | undefined,
): SelectTargetResult<T> {
  const names = targets.map((target) => target.name);
  if (name === undefined) {
    if (targets.length <= 1) return { status: "ok", target: targets[0] };
    const message = `the specification has ${targets.length} targets: ${names.join(", ")}`;
    return { status: "ambiguous", message, advice: `say which: --target ${names[0]}` };
  }
  const target = targets.find((candidate) => candidate.name === name);
  if (target !== undefined || name === LOCAL_TARGET) return { status: "ok", target };
  const near = closestName(name, [...names, LOCAL_TARGET]);
  const list = [...new Set([...names, LOCAL_TARGET])].join(", ");
  return {
    status: "unknown",
    message: `no target "${name}" in the specification`,
    advice: near === undefined ? `it has ${list}` : `did you mean "${near}"?`,
  };
}
