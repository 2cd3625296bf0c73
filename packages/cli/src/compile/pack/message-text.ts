import type { MessagePart, ValueFormat } from "../model.ts";

const FIELD = /(\{[a-z_:]+\})/;

/**
 * `{service_name}: {value}` → parts. `{value}` is the figure, `{fact:name}` a fact, any other a label;
 * `{q:label}` is the label as a quoted string of LogQL, `{u:label}` as a part of an address, `{w:label}`
 * as a word for a shell.
 */
export function messageText(text: string, format: ValueFormat): MessagePart[] {
  return text
    .split(FIELD)
    .filter((piece) => piece !== "")
    .map((piece) =>
      FIELD.test(piece) ? field(piece.slice(1, -1), format) : { kind: "text", text: piece },
    );
}

function field(name: string, format: ValueFormat): MessagePart {
  if (name === "value") return { kind: "value", format };
  const [, way, rest = ""] = /^(fact|q|u|w):(.+)$/.exec(name) ?? [];
  if (way === "fact") return { kind: "fact", name: rest };
  const label: MessagePart = { kind: "label", name: way === undefined ? name : rest };
  if (way === undefined) return label;
  return { kind: KIND[way as keyof typeof KIND], parts: [label] };
}

const KIND = { q: "quoted", u: "url", w: "shell-word" } as const;
