import { Document, isScalar, Scalar, visit } from "yaml";
import type { Json, Resource } from "../../plan/resource.ts";
import { CONTAINER_SECRETS } from "../../stack/secret-place.ts";
import type { Artefact } from "../artefact.ts";
import { GENERATED_HEADER } from "./generated-header.ts";

export const ALERTMANAGER_FILE = "alertmanager/alertmanager.yml";
export const TEMPLATE_FOLDER = "alertmanager/templates";

/** alertmanager.yml and its templates. */
export function alertmanagerFiles(resources: readonly Resource[]): readonly Artefact[] {
  const bodies = (kind: Resource["kind"]): readonly Resource["body"][] =>
    resources.filter((resource) => resource.kind === kind).map(({ body }) => body);
  const templates = resources
    .filter(({ kind }) => kind === "template")
    .map(({ id, body }) => ({
      path: `${TEMPLATE_FOLDER}/${id}.tmpl`,
      text: String(body["template"]),
    }));
  const timings = bodies("mute-timing");
  const file: Record<string, Json> = {
    global: bodies("setting").find((body) => "global" in body)?.["global"] ?? {},
    ...(templates.length > 0 && { templates: ["templates/*.tmpl"] }),
    ...bodies("policy")[0],
    ...(timings.length > 0 && { time_intervals: timings }),
    receivers: bodies("contact-point"),
  };
  return [{ path: ALERTMANAGER_FILE, text: GENERATED_HEADER + toYaml(file) }, ...templates];
}

function toYaml(value: Json): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // `up` puts another folder in its place, which may have any characters.
      if (isScalar(node) && String(node.value).startsWith(CONTAINER_SECRETS)) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}
