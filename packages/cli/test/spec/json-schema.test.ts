import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { findOutdated } from "../../src/dashboard/generated.ts";
import { generateSpecFiles } from "../../src/spec/generated.ts";
import { createJsonSchema } from "../../src/spec/json-schema.ts";
import { readSpec } from "../../src/spec/read-spec.ts";

const repository = join(import.meta.dirname, "../../../..");
const validate = new Ajv({ strict: false, allErrors: true }).compile(createJsonSchema());

/** What an editor would underline. */
function complaints(text: string): string[] {
  if (validate(parse(text, { merge: true }))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function isRead(text: string): boolean {
  return readSpec("sightline.yaml", text).status === "ok";
}

const VALID = [
  `contacts: [{name: ops, email: ops@example.org}, {name: chat, slack: "\${env:URL}"}]
alerts:
  - {name: A, log: {service: api, contains: failed}, when: more than 5 in 10m, tell: ops}
  - {name: B, metric: {service: [a, b], signal: p95}, when: above 1s for 5m, tell: [ops, chat], for: 1h30m}
  - {name: C, absent: {service: api, logs: true}, when: none for 10m}
  - {name: D, crash: {}}
  - {name: E, promql: "up == 0", labels: {a: b}, enabled: false}`,
  "alerts:\ncontacts:\n",
  `targets:
  - {name: prod, grafana: {url: "https://\${var:host}/", token: "\${env:TOKEN}"}, variables: {host: a.example.org}}
  - {name: here, stack: {}}
  - {name: local}`,
  'slos: [{name: A, service: api, target: "99.9%", availability: true}]',
  "probes: [{name: A, url: https://example.org}, {name: B, tcp: 'a:5'}]",
  "default_alerts: {enabled: false}\nlint: {off: [promql-counter]}",
  "agent: {journal: {max_size: 256MB}, docker: {stats_interval: 15s}, tail_lines: 100}",
  'smtp: {host: "mail:587", from: a@b.c, password: "${file:/run/secrets/smtp}"}',
];

const INVALID = [
  "alertz: []",
  "alerts: [{name: A, crash: {}, sevrity: info}]",
  "alerts: [{name: A, crash: {}, severity: bad}]",
  "alerts: [{name: A}]",
  "alerts: [{name: A, crash: {}, new_error: {}}]",
  "alerts: [{crash: {}}]",
  "alerts: [{name: A, crash: {}, for: 5}]",
  "alerts: [{name: A, crash: {}, for: 5 minutes}]",
  "alerts: {}",
  "targets: [{name: A, stack: {}, grafana: {url: https://example.org}}]",
  'targets: [{name: A, grafana: {url: "https://a", token: literal}}]',
  "probes: [{name: A}]",
  "records: [{metric: a}]",
];

describe("the JSON Schema", () => {
  it.each(VALID)("takes what sightline takes: %s", (text) => {
    expect(complaints(text)).toEqual([]);
    expect(isRead(text)).toBe(true);
  });

  it.each(INVALID)("refuses what sightline refuses: %s", (text) => {
    expect(complaints(text).length).toBeGreaterThan(0);
    expect(isRead(text)).toBe(false);
  });

  it("describes the keys that people write first", () => {
    const { properties = {} } = createJsonSchema() as { properties?: Record<string, object> };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(["alerts", "contacts"]));
    expect(JSON.stringify(properties["alerts"])).toContain("more than 5 in 10m");
  });
});

describe("what is made of the schema", () => {
  it("is committed as it is made", () => {
    const outdated = findOutdated(repository, generateSpecFiles()).map(({ path }) => path);
    expect(outdated, 'run "npm run generate" and commit the result').toEqual([]);
  });

  it("has every key of the alerts in its table", () => {
    const table = readFileSync(join(repository, "docs/sightline-yaml-keys.md"), "utf8");
    for (const key of ["when", "tell", "keep_firing_for", "log.contains", "metric.signal"]) {
      expect(table).toContain(`\`alerts[].${key}\``);
    }
  });
});
