import type { AccessLogFormat } from "@sightline/core";
import type { AccessResult } from "../access-line.ts";

/** Who wrote a line; decides what to suggest where it has no duration. */
export type Writer =
  | "nginx or Apache"
  | "Apache"
  | "nginx"
  | "uvicorn"
  | "PHP-FPM"
  | "PHP"
  | "other";

export interface LineFormat {
  /** For messages: "gin", "Caddy (JSON)". */
  readonly name: string;
  /** The value of `format` that picks it by hand; absent: only found by itself. */
  readonly configured?: Exclude<AccessLogFormat, "auto" | "off" | "pattern">;
  readonly writer: Writer;
  /** Cheap: whether a line could be one, by its first characters or a word in it. */
  mayBe(text: string): boolean;
  parse(text: string): AccessResult;
}
