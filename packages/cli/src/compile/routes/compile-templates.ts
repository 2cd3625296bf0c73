import type { CompileInput } from "../compile-spec.ts";
import { findTemplateFault } from "../contacts/go-template.ts";
import type { MessageTemplate } from "../model.ts";
import type { FaultSink } from "./fault-sink.ts";

/** Templates of the user, each in a `define` of its name. */
export function compileTemplates(
  { document }: CompileInput,
  sink: FaultSink,
): readonly MessageTemplate[] {
  return document.spec.templates.map((given, index) => {
    const path = ["templates", index];
    if (/^(sightline|default|slack|email|__)([._]|$)/.test(given.name)) {
      sink.error(
        "reserved-name",
        `the template "${given.name}" would replace one that is there already`,
        [...path, "name"],
        "give it a name that does not begin with sightline, default, slack, email or __",
      );
    }
    const wrong = findTemplateFault(given.text);
    if (wrong !== undefined) sink.error("template-syntax", wrong, [...path, "text"]);
    const defines = definedNames(given.text);
    if (defines.length > 0 && !defines.includes(given.name)) {
      sink.error(
        "template-name",
        `the template "${given.name}" defines ${defines.join(", ")}, and not "${given.name}"`,
        [...path, "text"],
        `write {{ define "${given.name}" }}, or leave define out`,
      );
    }
    const text =
      defines.length > 0
        ? given.text
        : `{{ define ${JSON.stringify(given.name)} }}${given.text}{{ end }}`;
    return { name: given.name, text, place: document.placeOf(path) };
  });
}

function definedNames(text: string): readonly string[] {
  return [...text.matchAll(/\{\{-?\s*define\s+"([^"]+)"/g)].map(([, name]) => name as string);
}
