import type { Json, Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";
import { toAlertmanagerYaml } from "../contacts/config-yaml.ts";
import { withNotifyRoutes } from "../contacts/notify-route.ts";
import { GENERATED_HEADER, projectLine } from "./generated-header.ts";

export const ALERTMANAGER_FILE = "alertmanager/alertmanager.yml";
export const TEMPLATE_FOLDER = "alertmanager/templates";

/** alertmanager.yml and its templates. */
export function alertmanagerFiles(resources: readonly Resource[]): readonly Artefact[] {
  const of = (kind: Resource["kind"]): readonly Resource[] =>
    resources.filter((resource) => resource.kind === kind);
  const templates = of("template").map(({ id, body }) => ({
    path: `${TEMPLATE_FOLDER}/${id}.tmpl`,
    text: String(body["template"]),
  }));
  const timings = of("mute-timing").map(({ body }) => body);
  const settings = of("setting").find(({ body }) => "global" in body)?.body ?? {};
  const config: Record<string, Json> = {
    global: settings["global"] ?? {},
    templates: templates.map(({ path }) => path.replace("alertmanager/", "")).sort(),
    ...of("policy")[0]?.body,
    ...(timings.length > 0 && { time_intervals: timings }),
    receivers: of("contact-point").map(({ body }) => body),
  };
  const head = GENERATED_HEADER + projectLine(settings["project"]);
  const text = head + toAlertmanagerYaml(withNotifyRoutes(config), "");
  return [{ path: ALERTMANAGER_FILE, text }, ...templates];
}
