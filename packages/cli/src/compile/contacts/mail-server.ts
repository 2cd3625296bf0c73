import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { Contact, Smtp } from "../model.ts";

/** Contacts by e-mail need a server on the stack; a Grafana has its own. */
export function checkMailServer(
  input: CompileInput,
  contacts: readonly Contact[],
): readonly Fault[] {
  const { spec, placeOf } = input.document;
  if (input.target.kind === "grafana") return checkUnusedMailServer(input);
  if (spec.smtp !== undefined) return [];
  const index = contacts.findIndex(({ integrations }) =>
    integrations.some(({ type }) => type === "email"),
  );
  if (index === -1) return [];
  return [
    {
      check: "no-mail-server",
      severity: "error",
      message: `contact "${contacts[index]?.name}" is an e-mail address, and there is no mail server to send it`,
      advice:
        "add smtp: {host: mail.example.org:587, from: alerts@example.org, username: ..., password: ${env:SMTP_PASSWORD}}",
      place: placeOf(["contacts", index, "email"]),
    },
  ];
}

function checkUnusedMailServer({ document }: CompileInput): readonly Fault[] {
  const { smtp, targets } = document.spec;
  if (smtp === undefined || targets.some(({ grafana }) => grafana === undefined)) return [];
  return [
    {
      check: "setting-without-effect",
      severity: "warning",
      message: "smtp is for the stack; a Grafana sends mail by its own server",
      advice:
        "set [smtp] in its grafana.ini, or GF_SMTP_ENABLED, GF_SMTP_HOST, GF_SMTP_USER, GF_SMTP_PASSWORD",
      place: document.placeOf(["smtp"]),
    },
  ];
}

export function compileSmtp({ document }: CompileInput): Smtp | undefined {
  const { smtp } = document.spec;
  return (
    smtp && {
      host: smtp.host,
      from: smtp.from,
      username: smtp.username,
      password: smtp.password,
      requireTls: smtp.require_tls ?? true,
      hello: smtp.hello,
    }
  );
}
