import type { RecordBase } from "./log-record.ts";

/** A service changed its release. */
export interface DeployRecord extends RecordBase {
  readonly kind: "deploy";
  /** Release before; absent at the first deploy seen. */
  readonly from?: string;
  readonly to: string;
}
