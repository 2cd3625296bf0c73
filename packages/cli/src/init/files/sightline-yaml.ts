import { stringify } from "yaml";
import { JSON_SCHEMA_PATH } from "../../spec/json-schema-path.ts";
import type { FoundService } from "../conclude.ts";
import { SERVICE_KINDS } from "../images.ts";
import { LANGUAGES } from "../project.ts";

/** Where init puts the schema; editors find it from the file's own folder. */
const HEADER = `# yaml-language-server: $schema=.sightline/${JSON_SCHEMA_PATH}
# What Sightline watches, and whom it tells. This file is yours: \`sightline init\` made it once and
# never writes it again.
#   name      as the lines have it: the Compose service, else the container's name
#   kind      ${SERVICE_KINDS.join(", ")}
#   language  ${LANGUAGES.join(", ")}; may be left out
`;

const NO_SERVICE = `services: []
# - name: api
#   kind: service
#   language: go
`;

const EXAMPLES = `
# Whom to tell. A secret is a reference to a variable or a file, never the text itself.
# contacts:
#   - name: ops
#     email: ops@example.org
#   - name: chat
#     slack: \${env:SLACK_WEBHOOK_URL}

# Who sends the e-mail. Not needed without \`email\` above, nor where a Grafana of yours sends it.
# smtp:
#   host: mail.example.org:587
#   from: sightline@example.org
#   username: sightline@example.org
#   password: \${env:SMTP_PASSWORD}

# When to tell, beside the default alerts, which are on. An alert looks at lines or at a figure.
# \`sightline lint\` says what is wrong here; \`sightline apply\` brings it to the stack.
# alerts:
#   - name: Payments fail
#     log: {service: SERVICE, contains: "payment failed"}
#     when: more than 5 in 10m
#     tell: ops
#   - name: Slow answers
#     metric: {service: SERVICE, signal: p95}
#     when: above 1s for 5m
#     tell: chat
`;

export function renderSightlineYaml(services: readonly FoundService[]): string {
  const list = services.map(({ name, kind, language }) => ({
    name,
    kind,
    ...(language && { language }),
  }));
  const section = list.length === 0 ? NO_SERVICE : stringify({ services: list }, { lineWidth: 0 });
  const example = services.find(({ kind }) => kind === "service")?.name ?? "api";
  return `${HEADER}${section}${EXAMPLES.replaceAll("SERVICE", JSON.stringify(example))}`;
}
