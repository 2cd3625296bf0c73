import type { Response } from "express";

export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export type Checked<Value> =
  | { readonly status: "ok"; readonly value: Value }
  | { readonly status: "invalid"; readonly faults: readonly FieldFault[] };

/** The fields of a JSON body; a body that is no object has none. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}

/** A text of 1 to `maxLength` characters, without spaces at its ends. */
export function parseText(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  maxLength: number,
  faults: FieldFault[],
): string {
  const value = fields[field];
  const text = typeof value === "string" ? value.trim() : "";
  if (text.length >= 1 && text.length <= maxLength) return text;
  const got = text === "" ? "it is missing or empty" : `it has ${text.length}`;
  faults.push({
    field,
    message: `${field}: expected a text of 1 to ${maxLength} characters; ${got}`,
  });
  return "";
}

export function parseChoice<Choice extends string>(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  choices: readonly [Choice, ...Choice[]],
  faults: FieldFault[],
): Choice {
  const value = fields[field];
  if (value === undefined) return choices[0];
  const choice = choices.find((known) => known === value);
  if (choice !== undefined) return choice;
  const given = JSON.stringify(value).slice(0, 60);
  faults.push({ field, message: `${field}: expected one of ${choices.join(", ")}; got ${given}` });
  return choices[0];
}

export function parseWholeNumber(
  fields: Readonly<Record<string, unknown>>,
  field: string,
  range: { readonly min: number; readonly max: number; readonly fallback?: number },
  faults: FieldFault[],
): number {
  const value = fields[field];
  if (value === undefined && range.fallback !== undefined) return range.fallback;
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= range.min && number <= range.max) return number;
  const given = JSON.stringify(value ?? null).slice(0, 60);
  faults.push({
    field,
    message: `${field}: expected a whole number from ${range.min} to ${range.max}; got ${given}`,
  });
  return range.min;
}

export function checked<Value>(value: Value, faults: readonly FieldFault[]): Checked<Value> {
  return faults.length === 0 ? { status: "ok", value } : { status: "invalid", faults };
}

export function sendInvalid(response: Response, faults: readonly FieldFault[]): void {
  const message = faults.map((fault) => fault.message).join(". ");
  response.status(400).json({ error: { message, faults } });
}

export function sendNotFound(response: Response, what: string): void {
  response.status(404).json({ error: { message: `there is no ${what}` } });
}
