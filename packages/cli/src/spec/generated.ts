import { renderSignalTable } from "../compile/alerts/signal-table.ts";
import { contactsPage } from "../compile/contacts/contacts-page.ts";
import { packPage } from "../compile/pack/pack-page.ts";
import type { GeneratedFile } from "../dashboard/generated.ts";
import { renderCheckTable } from "../lint/check-table.ts";
import { createJsonSchema } from "./json-schema.ts";
import { JSON_SCHEMA_PATH } from "./json-schema-path.ts";
import { renderKeyTable } from "./key-table.ts";

/** What is made of the schema of sightline.yaml and of the table of checks. */
export function generateSpecFiles(): GeneratedFile[] {
  return [
    { path: JSON_SCHEMA_PATH, text: `${JSON.stringify(createJsonSchema(), null, 1)}\n` },
    { path: "docs/sightline-yaml-keys.md", text: renderKeyTable() },
    { path: "docs/contacts.md", text: contactsPage() },
    { path: "docs/signals.md", text: renderSignalTable() },
    { path: "docs/lint.md", text: renderCheckTable() },
    { path: "docs/default-alerts.md", text: packPage() },
  ];
}
