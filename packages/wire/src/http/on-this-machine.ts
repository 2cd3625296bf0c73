const LOOPBACK = /^(?:localhost|.{1,240}\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL is one of this machine's loopback (RFC 5735, RFC 6761), by its text alone. */
export function isOnThisMachine({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}
