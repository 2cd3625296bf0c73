const LOOPBACK =
  /^(?:localhost|.{1,253}\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:7f00:1\]?)$/;

/**
 * Whether a host is this machine's loopback (RFC 5735, RFC 6761), by its text alone.
 *
 * @param hostname as `URL.hostname` writes it; the brackets of IPv6 may be missing.
 */
export function isLoopbackHost(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}
