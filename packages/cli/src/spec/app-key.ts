import { randomBytes } from "node:crypto";

/** As the gateway takes it: the last part of the address that pages send to. */
export const APP_KEY: RegExp = /^[A-Za-z0-9_-]{8,64}$/;

/** A new one to paste. It begins with a letter that no number of YAML has. */
export function suggestAppKey(): string {
  return `k${randomBytes(12).toString("hex")}`;
}
