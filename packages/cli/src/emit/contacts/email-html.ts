import { ALERT_LABEL, ANNOTATION } from "@sightline/core";
import {
  annotation,
  label,
  manyLines,
  oneLine,
  setWebAddress,
  shorten,
  statusWords,
} from "./template-actions.ts";

const MAX_FULL = 10;

/** The e-mail of Alertmanager. html/template escapes every action for its place. */
export function emailHtmlTemplate(): string {
  const text = (expression: string) => `{{ ${shorten(oneLine(expression), 400)} }}`;
  const fact = (words: string, expression: string) =>
    `{{ with ${expression} }}<tr><td style="color:#666;padding-right:12px">${words}</td><td>${text(".")}</td></tr>{{ end }}`;
  const link = (words: string, name: string) =>
    `${setWebAddress("$url", annotation(name))}{{ if $url }}<a href="{{ $url }}" style="margin-right:16px">${words}</a>{{ end }}`;
  const one = `<div style="border-left:4px solid {{ if eq .Status "firing" }}#d0021b{{ else }}#2e7d32{{ end }};padding:4px 12px;margin:16px 0">
<div style="font-weight:bold">{{ if ne .Status "firing" }}Resolved: {{ end }}{{ with ${annotation(ANNOTATION.summary)} }}${text(".")}{{ else }}{{ with ${label(ALERT_LABEL.alertName)} }}${text(".")}{{ end }}{{ end }}</div>
{{ with ${annotation(ANNOTATION.description)} }}<div>${text(".")}</div>{{ end }}
{{ with ${annotation(ANNOTATION.line)} }}<pre style="background:#f4f4f4;padding:8px;white-space:pre-wrap;word-break:break-word">{{ ${shorten(manyLines("."), 1000)} }}</pre>{{ else }}{{ with ${annotation(ANNOTATION.template)} }}<pre style="background:#f4f4f4;padding:8px;white-space:pre-wrap;word-break:break-word">{{ ${shorten(manyLines("."), 1000)} }}</pre>{{ end }}{{ end }}
<table style="font-size:14px">${[
    fact("Service", label("service_name")),
    fact("Environment", label("deployment_environment_name")),
    fact("Host", label("host_name")),
    fact("Container", label("container_name")),
    fact("Count", annotation(ANNOTATION.count)),
    fact("Users hit", annotation(ANNOTATION.users)),
    fact("First seen", annotation(ANNOTATION.firstSeen)),
    fact("Release", annotation(ANNOTATION.release)),
    fact("Query of the logs", annotation(ANNOTATION.logsQuery)),
  ].join("")}</table>
<div>${[
    link("Logs", ANNOTATION.logsUrl),
    link("Dashboard", ANNOTATION.dashboardUrl),
    link("Runbook", ANNOTATION.runbookUrl),
    link("Silence", ANNOTATION.silenceUrl),
  ].join("")}</div>
</div>`;
  return `{{ define "sightline.email.alert" }}${one}{{ end }}
{{ define "sightline.email.html" }}<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Alert</title></head>
<body style="font-family:sans-serif;font-size:15px;color:#222;max-width:720px">
{{ $shown := .Alerts.Resolved }}{{ if .Alerts.Firing }}{{ $shown = .Alerts.Firing }}{{ end }}<p style="color:#666">${statusWords("$shown")} {{ len .Alerts }} {{ if eq (len .Alerts) 1 }}alert{{ else }}alerts{{ end }}</p>
{{ range $i, $alert := .Alerts.Firing }}{{ if lt $i ${MAX_FULL} }}{{ template "sightline.email.alert" $alert }}{{ end }}{{ end }}
{{ if gt (len .Alerts.Firing) ${MAX_FULL} }}<p>and {{ len (slice .Alerts.Firing ${MAX_FULL}) }} more</p>{{ end }}
{{ range $i, $alert := .Alerts.Resolved }}{{ if lt $i ${MAX_FULL} }}{{ template "sightline.email.alert" $alert }}{{ end }}{{ end }}
{{ if gt (len .Alerts.Resolved) ${MAX_FULL} }}<p>and {{ len (slice .Alerts.Resolved ${MAX_FULL}) }} more resolved</p>{{ end }}
</body></html>{{ end }}`;
}
