import { closestName } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import { isSecretReference } from "../../spec/reference.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { SettingValue } from "../model.ts";
import { findTemplateFault } from "./go-template.ts";
import type { MessageSlots, Integration as Row } from "./integration.ts";
import { type Path, toIntegration, type WrittenWay } from "./written-way.ts";

/** Everything that is wrong with one way of a contact, for the target. */
export function checkWay(
  input: CompileInput,
  contact: string,
  { row, way, path }: WrittenWay,
): readonly Fault[] {
  const { spec, placeOf } = input.document;
  const { settings } = toIntegration({ row, way });
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
