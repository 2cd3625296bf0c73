import { emailsSchema, field, flag } from "../fields.ts";
import type { Integration } from "../integration.ts";

const joined = (separator: string) => (value: unknown) => (value as string[]).join(separator);

export const EMAIL: Integration = {
  type: "email",
  title: "E-mail",
  short: "to",
  markup: "plain",
  fields: {
    to: field(emailsSchema.describe("Address, or a list of them"), {
      isRequired: true,
      alertmanager: { at: "to", as: joined(", ") },
      grafana: { at: "addresses", as: joined(";") },
    }),
    single: flag("One e-mail to all, instead of one to each (Grafana)", {
      grafana: "singleEmail",
    }),
  },
  alertmanager: {
    list: "email_configs",
    message: { title: "headers.Subject", text: "text" },
    constant: { html: '{{ template "sightline.email.html" . }}' },
    withOwnText: { html: "" },
  },
  grafana: { type: "email", message: { title: "subject", text: "message" } },
};
