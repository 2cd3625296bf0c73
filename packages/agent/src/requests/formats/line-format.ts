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
  /**
   * Whether a line could be one. Runs on every line of every source, so it looks at the first 512
   * characters (`head`) and at the end of a line, and not through a long one.
   */
  mayBe(head: string, text: string): boolean;
  parse(text: string): AccessResult;
}
