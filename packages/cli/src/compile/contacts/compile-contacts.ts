import type { Fault } from "../../fault.ts";
import type { ContactSpec } from "../../spec/schema/contacts.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { Contact, Smtp } from "../model.ts";
import { checkWay } from "./check-way.ts";
import { INTEGRATIONS } from "./integrations.ts";
import { checkMailServer, compileSmtp } from "./mail-server.ts";
import { toIntegration, waysOf } from "./written-way.ts";

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
    const { name } = given;
    for (const [isWrong, message, advice] of NAME_CHECKS) {
      if (!isWrong(name)) continue;
      const place = placeOf([...path, "name"]);
      const text = `the contact "${name}" ${message}`;
      faults.push({ check: "contact-name", severity: "error", message: text, advice, place });
    }
    const written = waysOf(given, path);
    if (written.length === 0) {
      faults.push({
        check: "contact-without-way",
        severity: "error",
        message: `contact "${name}" has no way to reach anybody`,
        advice: `give it at least one of ${INTEGRATIONS.map(({ type }) => type).join(", ")}`,
        place: placeOf(path),
      });
    }
    for (const one of written) faults.push(...checkWay(input, name, one));
    return { name, integrations: written.map(toIntegration), place: placeOf(path) };
  });
  faults.push(...checkMailServer(input, contacts));
  return { contacts, smtp: compileSmtp(input), faults };
}

const NAME_CHECKS: readonly (readonly [(name: string) => boolean, string, string])[] = [
  [
    (name) => name.includes(","),
    "has a comma in its name",
    "take it away: alerts list their contacts with commas between",
  ],
  [
    (name) => name.includes("{{"),
    "has {{ in its name",
    "take it away: the servers would read it as a template",
  ],
  [
    // Receivers of our own, beside those of the contacts.
    (name) => name === "nobody" || name.startsWith("sightline-notify:"),
    "has a name that is taken by Sightline itself",
    "choose another one",
  ],
];
