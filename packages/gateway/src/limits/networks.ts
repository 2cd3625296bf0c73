import { type BlockList, isIP } from "node:net";

/** Adds an address (`10.0.0.1`) or a network (`10.0.0.0/8`) to a list. False where the text is neither. */
export function addNetwork(networks: BlockList, text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes("%")) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  if (prefix === undefined) {
    networks.addAddress(address, family);
    return true;
  }
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits >= 0 && bits <= (version === 4 ? 32 : 128))) return false;
  networks.addSubnet(address, bits, family);
  return true;
}
