import { Document, Scalar, visit } from "yaml";
import { toGoYaml } from "../go-yaml.ts";
import type { JsonObject } from "./place-settings.ts";

/**
 * alertmanager.yml as text. `{"$integer": "-1001234567890123"}` becomes a bare number: chat ids are
 * larger than what JavaScript's numbers hold exactly. YAML 1.1, because Go's reader still is: it would
 * take a bare `on` for true.
 */
export function toAlertmanagerYaml(config: JsonObject, comment: string): string {
  const document = new Document(config, { aliasDuplicateObjects: false, version: "1.1" });
  visit(document, {
    Map: (_, node) => {
      const digits = node.items.length === 1 ? node.get("$integer") : undefined;
      if (typeof digits !== "string" || !/^-?\d+$/.test(digits)) return undefined;
      return new Scalar(BigInt(digits));
    },
  });
  document.commentBefore = comment;
  return toGoYaml(document, { lineWidth: 0 });
}
