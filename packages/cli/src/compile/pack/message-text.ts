import type { MessagePart, ValueFormat } from "../model.ts";

/** `{service_name}: {value}` → parts. `{value}` is the figure, `{fact:name}` a fact, any other a label. */
export function messageText(text: string, format: ValueFormat): MessagePart[] {
  return text.split(/(\{[a-z_:]+\})/).flatMap((piece): MessagePart[] => {
    if (piece === "") return [];
    const [, name] = /^\{([a-z_:]+)\}$/.exec(piece) ?? [];
    if (name === undefined) return [{ kind: "text", text: piece }];
    if (name === "value") return [{ kind: "value", format }];
    if (name.startsWith("fact:")) return [{ kind: "fact", name: name.slice("fact:".length) }];
    return [{ kind: "label", name }];
  });
}
