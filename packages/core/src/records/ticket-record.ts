import type { RecordBase } from "./log-record.ts";

export const TICKET_STATES = ["open", "in_progress", "waiting", "resolved", "closed"] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** A change of state of a ticket that a user reported. The ticket itself lives at the desk. */
export interface TicketRecord extends RecordBase {
  readonly kind: "ticket";
  readonly ticketId: string;
  readonly state: TicketState;
}
