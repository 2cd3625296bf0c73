/** What became of the test message on one way of a contact. */
export interface WayOutcome {
  /** Row of the table of integrations: `email`. */
  readonly type: string;
  readonly title: string;
  readonly status: "delivered" | "failed" | "no-word";
  /** What the other side or the server said. Without secrets, one line. */
  readonly reason?: string | undefined;
  readonly advice?: string | undefined;
  readonly tookMillis?: number | undefined;
}

export interface NotifyOutcome {
  readonly contact: string;
  /** "Alertmanager at http://127.0.0.1:9093". */
  readonly sender: string;
  readonly ways: readonly WayOutcome[];
  /** The message that it is over; undefined where none was asked for. */
  readonly resolved?: readonly WayOutcome[] | undefined;
}
