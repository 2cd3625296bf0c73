import type { Fault } from "../fault.ts";
import type { Path, Places } from "./places.ts";
import { isSecretReference } from "./reference.ts";
import type { Spec } from "./schema/spec.ts";

const REFERENCE = /\$\{(?:env|file):[^{}\n]{0,200}\}/;

/**
 * A reference is resolved only where a secret may stand; elsewhere it would be sent as it is, or its
 * value would stand in artefacts for everybody to read. What became a secret is none here any more; the agent resolves its own.
 */
export function checkStrayReferences(
  { agent: _, gateway: __, ...spec }: Spec,
  places: Pick<Places, "placeOf">,
): readonly Fault[] {
  const faults: Fault[] = [];
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === "string") {
      const [found] = REFERENCE.exec(value) ?? [];
      if (found === undefined) return;
      faults.push({
        check: "stray-reference",
        severity: "error",
        message: `${found} stands where no secret can be; it would not be resolved`,
        advice:
          "secrets are fields of their own; for what differs between targets there are variables: ${var:name}",
        place: places.placeOf(path),
      });
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index]);
    } else if (typeof value === "object" && value !== null && !isSecretReference(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    }
  };
  walk(spec, []);
  return faults;
}
