import { closestName } from "@sightline/core";
import { fieldName, metricLabelName } from "../alerts/label-names.ts";
import type { MessagePart } from "../model.ts";

/** What a placeholder of this alert stands for; a text says why it has none. */
export type Placeholders = Readonly<
  Record<string, readonly MessagePart[] | { readonly why: string }>
>;

export interface TextFault {
  readonly message: string;
  readonly advice: string;
}

const PLACEHOLDER = /\{(label:[^{}\s]{1,100}|[a-z_]{2,30})\}/g;

/**
 * A text of the user with `{line}`, `{value}`, `{label:http_route}` filled in. Everything else comes out
 * as it is written, `{{ }}`, `$` and braces around other things too.
 */
export function parseText(
  text: string,
  placeholders: Placeholders,
  labels: Readonly<Record<string, readonly MessagePart[]>>,
): { readonly parts: readonly MessagePart[]; readonly faults: readonly TextFault[] } {
  const parts: MessagePart[] = [];
  const faults: TextFault[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [whole, name = ""] = match;
    // {{value}} is somebody's template or JSON, not ours.
    if (text[match.index - 1] === "{" && text[match.index + whole.length] === "}") continue;
    const found = name.startsWith("label:")
      ? labelPart(name.slice("label:".length), labels)
      : placeholder(name, placeholders);
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    end = match.index + whole.length;
    if ("message" in found) faults.push(found);
    else parts.push(...found);
  }
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return { parts, faults };
}

function placeholder(name: string, known: Placeholders): readonly MessagePart[] | TextFault {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  const usable = Object.keys(known).filter((each) => !("why" in (known[each] ?? {})));
  const list = `there are: ${[...usable, "label:NAME"].map((each) => `{${each}}`).join(", ")}`;
  if (found === undefined) {
    const near = closestName(name, Object.keys(known));
    return {
      message: `{${name}} is no placeholder`,
      advice: near === undefined ? list : `did you mean "{${near}}"?`,
    };
  }
  return "why" in found ? { message: `{${name}}: ${found.why}`, advice: list } : found;
}

function labelPart(
  name: string,
  labels: Readonly<Record<string, readonly MessagePart[]>>,
): readonly MessagePart[] | TextFault {
  const spelled = [name, fieldName(name), metricLabelName(name)].find((each) =>
    Object.hasOwn(labels, each),
  );
  const found = spelled === undefined ? undefined : labels[spelled];
  if (found !== undefined) return found;
  const known = Object.keys(labels);
  const near = closestName(name, known);
  return {
    message: `{label:${name}}: the alert has no label "${name}"`,
    advice:
      near === undefined
        ? `it has ${known.join(", ") || "none"}; with "by: ${name}" it would have that one too`
        : `did you mean "{label:${near}}"?`,
  };
}
