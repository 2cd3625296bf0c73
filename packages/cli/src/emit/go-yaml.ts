import { type Document, Scalar, type ToStringOptions, visit } from "yaml";

/**
 * Line breaks of YAML 1.1, which Go's readers still take for such: inside quotes they would be folded
 * together with the spaces around them, and outside they would end the text. https://yaml.org/spec/1.1/#b-char
 */
const BREAKS = /[\u0085\u2028\u2029]/g;

/** The document as Prometheus, Loki, Alertmanager and Grafana read it: as it is meant. */
export function toGoYaml(document: Document, options: ToStringOptions): string {
  const plain = document.toString(options);
  // Hardly any text has one, and the nodes are many.
  if (plain.search(BREAKS) < 0) return plain;
  visit(document, {
    Scalar(_, node) {
      const { value } = node;
      if (typeof value === "string" && value.search(BREAKS) >= 0) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeGoBreaks(document.toString(options));
}

/** For text in which they stand in double quotes alone, as in JSON. */
export function escapeGoBreaks(text: string): string {
  return text.replaceAll(
    BREAKS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
