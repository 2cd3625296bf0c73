const PREFIX = "sightline-notify: ";

/** Receiver of the message of `sightline notify`: the contact's, without the message of the end. */
export function notifyReceiverName(contact: string): string {
  return `${PREFIX}${contact}`;
}

/** Not a contact of anybody, but the way by which one is tested. */
export function isNotifyReceiver(name: string): boolean {
  return name.startsWith(PREFIX);
}
