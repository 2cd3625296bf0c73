import type { RecordBase } from "./log-record.ts";

/** One occurrence of an error, compact, so that problem queries never scan ordinary lines. */
export interface ErrorRecord extends RecordBase {
  readonly kind: "error";
  /** Coarse fingerprint: what the problem list groups by. 16 hexadecimal digits. */
  readonly fp: string;
  /** Exact fingerprint: what a person splits a problem by. 16 hexadecimal digits. */
  readonly fpx: string;
  /** Readable, masked template; holds no text of a user. At most 160 characters. */
  readonly fpTemplate: string;
  /** Version of the fingerprint rules. */
  readonly fpVersion: number;
  readonly exceptionType: string;
  /** False when nobody caught it. */
  readonly handled: boolean;
  /** `service.version` of the code that threw. */
  readonly release?: string;
  /** HMAC of the user's id, 16 hexadecimal digits; never the id. */
  readonly userHash?: string;
  readonly sessionId?: string;
  /** HMAC of the browser's own random id, 16 hexadecimal digits; of browsers alone. */
  readonly visitorHash?: string;
  /** How many occurrences this record stands for (sampling, de-duplication); at least 1. */
  readonly n: number;
}
