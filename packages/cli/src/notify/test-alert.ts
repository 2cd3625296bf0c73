import { ALERT_LABEL, ANNOTATION } from "@sightline/core";

export interface TestAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An alert that every message template shows whole, and nobody takes for a real one. */
export function makeTestAlert(options: {
  readonly contact: string;
  readonly project: string;
  /** Told apart from every other test: it makes a group of its own. */
  readonly id: string;
  readonly host: string;
  readonly tellsEnd: boolean;
}): TestAlert {
  return {
    labels: {
      [ALERT_LABEL.alertName]: "Test message of Sightline",
      [ALERT_LABEL.severity]: "info",
      [ALERT_LABEL.project]: options.project,
      [ALERT_LABEL.notify]: options.contact,
      [ALERT_LABEL.notifyId]: options.id,
      ...(options.tellsEnd && { [ALERT_LABEL.notifyEnd]: "true" }),
    },
    annotations: {
      [ANNOTATION.summary]: `Test message of Sightline to ${options.contact}`,
      [ANNOTATION.description]: `Somebody ran "sightline notify" on ${options.host}. Nothing is wrong, and alerts to this contact arrive here.`,
      [ANNOTATION.line]: 'this is where the matching line stands: error="payment failed" id=4711',
    },
  };
}
