import { closestName } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import { isSecretReference } from "../../spec/reference.ts";
import type { ContactSpec, WaySpec } from "../../spec/schema/contacts.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { Contact, Integration, SettingValue, Smtp } from "../model.ts";
import { findTemplateFault } from "./go-template.ts";
import type { MessageSlots, Integration as Row } from "./integration.ts";
import { INTEGRATIONS } from "./integrations.ts";

type Path = readonly (string | number)[];

/** A way, and where it is written. */
interface Written {
  readonly row: Row;
  readonly way: WaySpec;
  readonly path: Path;
}

/** Whom to tell, every field checked against the table of integrations. */
export function compileContacts(input: CompileInput): {
  readonly contacts: readonly Contact[];
  readonly smtp: Smtp | undefined;
  readonly faults: readonly Fault[];
} {
  const { spec, placeOf } = input.document;
  const faults: Fault[] = [];
  const contacts = (spec.contacts as readonly ContactSpec[]).map((given, index): Contact => {
    const path = ["contacts", index];
    const add = (check: string, message: string, at: Path = path, advice?: string) =>
      faults.push({ check, severity: "error", message, advice, place: placeOf(at) });
    if (given.name.includes(",")) {
      const at = [...path, "name"];
      add(
        "contact-name",
        `the contact "${given.name}" has a comma in its name`,
        at,
        "take it away: alerts list their contacts with commas between",
      );
    }
    if (given.name.includes("{{")) {
      const at = [...path, "name"];
      add(
        "contact-name",
        `the contact "${given.name}" has {{ in its name`,
        at,
        "take it away: the servers would read it as a template",
      );
    }
    if (isReservedName(given.name)) {
      const at = [...path, "name"];
      add(
        "contact-name",
        `the name "${given.name}" is taken by Sightline itself`,
        at,
        "choose another one",
      );
    }
    const written = waysOf(given, path);
    if (written.length === 0) {
      const known = INTEGRATIONS.map(({ type }) => type).join(", ");
      add(
        "contact-without-way",
        `contact "${given.name}" has no way to reach anybody`,
        path,
        `give it at least one of ${known}`,
      );
    }
    for (const one of written) faults.push(...checkWay(input, given.name, one));
    return { name: given.name, integrations: written.map(toIntegration), place: placeOf(path) };
  });
  faults.push(...checkMailServer(input, contacts));
  return { contacts, smtp: compileSmtp(input), faults };
}

/** Receivers of our own, beside those of the contacts. */
function isReservedName(name: string): boolean {
  return name === "nobody" || name.startsWith("sightline-notify:");
}

function waysOf(contact: ContactSpec, path: Path): readonly Written[] {
  return INTEGRATIONS.flatMap((row) => {
    const ways = contact[row.type];
    if (ways === undefined || typeof ways === "string") return [];
    return ways.map((way, index): Written => {
      const at = ways.length === 1 ? [...path, row.type] : [...path, row.type, index];
      return { row, way, path: at };
    });
  });
}

function toIntegration({ row, way }: Written): Integration {
  const { send_resolved: sendResolved, uid, ...given } = way;
  const settings = Object.entries(given).filter(
    (entry): entry is [string, SettingValue] => entry[1] !== undefined,
  );
  return {
    type: row.type,
    settings: Object.fromEntries(settings.sort(([a], [b]) => (a < b ? -1 : 1))),
    uid: typeof uid === "string" ? uid : undefined,
    sendResolved: sendResolved !== false,
  };
}

function checkWay(input: CompileInput, contact: string, { row, way, path }: Written): Fault[] {
  const { spec, placeOf } = input.document;
  const { settings } = toIntegration({ row, way, path });
  const faults: Fault[] = [];
  const add = (
    severity: Fault["severity"],
    check: string,
    message: string,
    at: Path,
    advice?: string,
  ) => faults.push({ severity, check, message, advice, place: placeOf(at) });
  const wrong = row.check?.(settings);
  if (wrong !== undefined)
    add("error", "contact-settings", `${row.type} of "${contact}": ${wrong}`, path);
  const cannot = reasonAgainst(input.target.kind, row, settings);
  if (cannot !== undefined) {
    add(
      "error",
      "contact-not-possible",
      `${row.type} of "${contact}" cannot be sent from the target "${input.target.name}"`,
      path,
      cannot,
    );
  }
  const unused = unusedSettings(input.target.kind, row, settings);
  if (cannot === undefined && unused.length > 0 && !hasBothKinds(input)) {
    const engine = input.target.kind === "grafana" ? "Grafana" : "Alertmanager";
    add(
      "warning",
      "setting-without-effect",
      `${row.type} of "${contact}": ${engine} has no ${unused.join(", ")} there`,
      [...path, unused[0] ?? ""],
      `it has an effect at other targets alone`,
    );
  }
  for (const [key, value] of Object.entries(settings)) {
    // Both engines take a text for a template, and lose the message where it is none.
    const broken = textsIn(value)
      .map(findTemplateFault)
      .find((fault) => fault !== undefined);
    if (broken === undefined) continue;
    const message = `${row.type} of "${contact}": ${key} is read as a template, and ${broken}`;
    add(
      "error",
      "template-syntax",
      message,
      [...path, key],
      'write {{ "{{" }} for braces that are shown',
    );
  }
  for (const key of ["title", "message"]) {
    const name = settings[key];
    const known = spec.templates.map((template) => template.name);
    if (typeof name !== "string" || known.includes(name)) continue;
    const near = closestName(name, known);
    add(
      "error",
      "unknown-template",
      `${row.type} of "${contact}": there is no template "${name}"`,
      [...path, key],
      near === undefined ? "write it under templates" : `did you mean "${near}"?`,
    );
  }
  for (const [key, value] of Object.entries(settings)) {
    if (!isPlainHttp(value)) continue;
    add(
      "warning",
      "plain-http",
      `${row.type} of "${contact}": ${key} is not encrypted (http://); who listens on the way reads and changes it`,
      [...path, key],
      "use https://",
    );
  }
  return faults;
}

function reasonAgainst(
  target: "stack" | "grafana",
  row: Row,
  settings: Readonly<Record<string, SettingValue>>,
): string | undefined {
  if (target === "grafana") return row.grafana.cannot?.(settings);
  if (!("list" in row.alertmanager)) return row.alertmanager.cannot;
  const own = row.alertmanager.cannot?.(settings);
  if (own !== undefined) return own;
  const unreadable = Object.entries(settings).find(([name, value]) => {
    const slot = row.fields[name]?.alertmanager;
    return isSecretReference(value) && slot !== undefined && slot.file === undefined;
  });
  return unreadable && `Alertmanager cannot read ${unreadable[0]} from a file`;
}

function textsIn(value: SettingValue): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || isSecretReference(value)) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Then a setting that one kind has no use for is meant for the other. */
function hasBothKinds({ document }: CompileInput): boolean {
  const kinds = document.spec.targets.map(({ grafana }) => grafana === undefined);
  return kinds.includes(true) && kinds.includes(false);
}

/** What is written and goes nowhere at this target. */
function unusedSettings(
  target: "stack" | "grafana",
  row: Row,
  settings: Readonly<Record<string, SettingValue>>,
): readonly string[] {
  const engine = target === "grafana" ? "grafana" : "alertmanager";
  const { message } = { message: {}, ...row[engine] };
  const slots: MessageSlots = message;
  return Object.keys(settings).filter((name) => {
    if (name === "title") return slots.title === undefined;
    if (name === "message") return slots.text === undefined;
    return row.fields[name]?.[engine] === undefined;
  });
}

/** Loopback is as private as it gets, and what tests and relays on the same machine use. */
function isPlainHttp(value: SettingValue): boolean {
  if (typeof value !== "string" || !value.startsWith("http://") || !URL.canParse(value))
    return false;
  const { hostname } = new URL(value);
  return !/^(localhost|127(\.\d+){3}|\[::1\]|.+\.localhost)$/.test(hostname);
}

function checkMailServer(input: CompileInput, contacts: readonly Contact[]): Fault[] {
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

function checkUnusedMailServer({ document }: CompileInput): Fault[] {
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

function compileSmtp({ document }: CompileInput): Smtp | undefined {
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
