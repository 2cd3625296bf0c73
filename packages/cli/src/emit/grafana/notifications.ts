import type { Model } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import { emitGrafanaContactPoints } from "../contacts/contact-points.ts";
import { emitMessageTemplates } from "../contacts/message-templates.ts";
import { emitGrafanaPolicy, emitTimeIntervals } from "../contacts/routes.ts";

/** Templates, mute timings, contact points and the policy: what the one Alertmanager blob holds. */
export function emitNotifications(model: Model): readonly Resource[] {
  const policy = emitGrafanaPolicy(model);
  return [
    ...emitTemplates(model),
    ...emitTimings(model, policy?.muteTimings ?? []),
    ...emitGrafanaContactPoints(model).map(
      ({ uid, name, type, settings, disableResolveMessage, contact }): Resource => ({
        kind: "contact-point",
        id: uid,
        title: name,
        body: { name, type, settings, disableResolveMessage },
        owner: "ours",
        place: contact.place,
      }),
    ),
    ...(policy
      ? [
          {
            kind: "policy",
            id: model.project,
            title: model.project,
            body: { routes: [policy.route] },
            owner: "ours",
          } satisfies Resource,
        ]
      : []),
  ];
}

function emitTemplates(model: Model): readonly Resource[] {
  return emitMessageTemplates(model, "grafana").map(({ name, text }) => ({
    kind: "template",
    id: name,
    title: name,
    body: { template: trimTemplate(name, text) },
    owner: "ours",
    place: model.templates.find((template) => template.name === name)?.place,
  }));
}

/**
 * As Grafana keeps it: without white space at the ends, and a text that defines nothing is wrapped
 * into a definition of its own name (definitions.NotificationTemplate.Validate; seen on 11.0.0).
 */
export function trimTemplate(name: string, text: string): string {
  const content = text.replaceAll("\r\n", "\n").trim();
  if (/\{\{\s*define/.test(content)) return content;
  const lines = content.split("\n").map((line) => `  ${line}`);
  return `{{ define "${name}" }}\n${lines.join("\n")}\n{{ end }}`;
}

function emitTimings(model: Model, more: Model["muteTimings"]): readonly Resource[] {
  const timings = [...model.muteTimings, ...more];
  return emitTimeIntervals(timings).map((timing, index) => {
    const name = String(timing["name"]);
    return {
      kind: "mute-timing",
      id: name,
      title: name,
      body: { time_intervals: timing["time_intervals"] as Json },
      owner: "ours",
      place: timings[index]?.place,
    };
  });
}
