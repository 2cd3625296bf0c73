import type { Model } from "../../compile/model.ts";
import type { Artefact } from "../artefact.ts";
import { emitMessageTemplates } from "./message-templates.ts";
import { withNotifyRoutes } from "./notify-route.ts";
import type { JsonObject } from "./place-settings.ts";
import { emitAlertmanagerReceivers, type SecretFile } from "./receivers.ts";
import { emitAlertmanagerRoute, emitInhibitRules, emitTimeIntervals } from "./routes.ts";

export interface AlertmanagerFolders {
  /** Where the files of `secrets` will be, as the server sees it. */
  readonly secrets: string;
  /** Where the files of `templates` will be, as the server sees it. */
  readonly templates: string;
}

export interface AlertmanagerConfig {
  /** The whole of alertmanager.yml. Chat ids are {@link LargeInteger}s: see {@link toYamlValue}. */
  readonly config: JsonObject;
  readonly secrets: readonly SecretFile[];
  /** Files to lay into the folder of templates; `path` is the bare name. */
  readonly templates: readonly Artefact[];
}

/** Everything that Alertmanager reads. Byte-stable; without secrets. */
export function emitAlertmanagerConfig(
  model: Model,
  folders: AlertmanagerFolders,
): AlertmanagerConfig {
  const { receivers, smtp, secrets } = emitAlertmanagerReceivers(model, folders.secrets);
  const templates = emitMessageTemplates(model, "alertmanager").map(({ name, text }) => ({
    path: `${name}.tmpl`,
    text,
  }));
  const timings = emitTimeIntervals(model.muteTimings);
  return {
    config: withNotifyRoutes({
      global: { resolve_timeout: "5m", ...smtp },
      templates: templates.map(({ path }) => `${folders.templates}/${path}`),
      route: emitAlertmanagerRoute(model),
      ...(timings.length > 0 && { time_intervals: timings }),
      inhibit_rules: emitInhibitRules(model),
      receivers,
    }),
    secrets,
    templates,
  };
}
