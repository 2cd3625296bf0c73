import type { AlertRule, Fact, MessagePart, ValueFormat } from "../../compile/model.ts";
import { factRefId, REF_ID } from "./ref-ids.ts";

/** The parts of a text as Grafana's templates of annotations. */
export function renderText(
  parts: readonly MessagePart[],
  rule: Pick<AlertRule, "message">,
): string {
  return parts.map((part) => renderPart(part, rule.message.facts)).join("");
}

function renderPart(part: MessagePart, facts: readonly Fact[]): string {
  switch (part.kind) {
    case "text":
      return escapeTemplate(part.text);
    case "template":
      return part.text;
    case "label":
      return `{{ index $labels ${JSON.stringify(part.name)} }}`;
    case "value":
      return `{{ with $values.${REF_ID.value} }}${formatted(part.format)}{{ end }}`;
    case "fact": {
      const fact = facts.find(({ name }) => name === part.name);
      if (!fact) return "";
      const read =
        fact.read.kind === "label"
          ? `{{ index .Labels ${JSON.stringify(fact.read.label)} }}`
          : formatted(fact.read.format);
      return `{{ with $values.${factRefId(fact.name)} }}${read}{{ end }}`;
    }
  }
}

/** Functions of Grafana's templates (pkg/services/ngalert/state/template/funcs.go). */
const FORMAT: { readonly [format in ValueFormat]: string } = {
  number: '{{ printf "%.4g" .Value }}',
  percent: "{{ humanizePercentage .Value }}",
  duration: "{{ humanizeDuration .Value }}",
  bytes: "{{ humanize1024 .Value }}B",
  "per-minute": '{{ printf "%.4g" .Value }}/min',
  timestamp: "{{ humanizeTimestamp .Value }}",
};

function formatted(format: ValueFormat): string {
  return FORMAT[format];
}

function escapeTemplate(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}
