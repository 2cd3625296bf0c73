import { type BlockList, isIPv4, isIPv6 } from "node:net";

/** Entries of `X-Forwarded-For` that are looked at, from the nearest proxy on. */
const MAX_HOPS = 20;

/**
 * Whom limits count a request for. The peer, unless that is a trusted proxy: then the nearest entry of
 * `X-Forwarded-For` that is none. What stands before that entry was written by the sender and is not
 * read.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: BlockList,
): string {
  let address = plainAddress(peer ?? "");
  if (forwardedFor === undefined) return address;
  const hops = forwardedFor
    .slice(-MAX_HOPS * 50)
    .split(",")
    .slice(-MAX_HOPS);
  while (hops.length > 0 && isTrusted(address, trusted)) {
    const next = plainAddress(hops.pop() ?? "");
    if (next === "") break;
    address = next;
  }
  return address;
}

/**
 * What shares a limit: of IPv6 the first 64 bits, because one customer has all the others to choose
 * from.
 */
export function addressGroup(address: string): string {
  return isIPv6(address) ? `${firstGroups(address)}::/64` : address;
}

/** Without port, brackets, zone and the IPv6 spelling of IPv4; empty where it is no address. */
function plainAddress(text: string): string {
  const trimmed = text.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? trimmed;
  const address = bare.split("%")[0] ?? "";
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIPv4(address) || isIPv6(address)) return address;
  const [beforePort = ""] = address.split(":");
  return isIPv4(beforePort) ? beforePort : "";
}

function isTrusted(address: string, trusted: BlockList): boolean {
  if (isIPv4(address)) return trusted.check(address, "ipv4");
  return isIPv6(address) && trusted.check(address, "ipv6");
}

function firstGroups(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail ? tail.split(":") : [];
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...new Array<string>(Math.max(0, gap)).fill("0"), ...back];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
