/** Marks the alert of `sightline notify`; its value is the contact. */
export const NOTIFY_LABEL = "sightline_notify";
/** Beside it: the contact is told of the end, too. */
export const NOTIFY_RESOLVE_LABEL = "sightline_notify_resolve";

export const NOTIFY_RECEIVER_PREFIX = "sightline-notify: ";

/** Receiver of the message of `sightline notify`: the contact's, without the message of the end. */
export function notifyReceiverName(contact: string): string {
  return `${NOTIFY_RECEIVER_PREFIX}${contact}`;
}

/** Not a contact of anybody, but the way by which one is tested. */
export function isNotifyReceiver(name: string): boolean {
  return name.startsWith(NOTIFY_RECEIVER_PREFIX);
}
