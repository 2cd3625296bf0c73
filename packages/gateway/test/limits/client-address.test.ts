import { BlockList } from "node:net";
import { describe, expect, it } from "vitest";
import { addressGroup, clientAddress } from "../../src/limits/client-address.ts";
import { addNetwork } from "../../src/limits/networks.ts";

const trusted = new BlockList();
for (const network of ["127.0.0.0/8", "::1", "10.0.0.0/8", "fd00::/8"])
  addNetwork(trusted, network);

describe("the address that a limit counts for", () => {
  it.each([
    ["203.0.113.7", undefined, "203.0.113.7"],
    ["203.0.113.7", "198.51.100.1", "203.0.113.7"],
    ["127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["127.0.0.1", "1.1.1.1, 198.51.100.1, 10.1.2.3", "198.51.100.1"],
    ["127.0.0.1", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
    ["127.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
    ["::1", "[2001:db8::1]:443", "2001:db8::1"],
    ["fd00::2", "2001:db8::1", "2001:db8::1"],
    ["127.0.0.1", "unknown", "127.0.0.1"],
    ["127.0.0.1", "198.51.100.1, <script>", "127.0.0.1"],
    ["127.0.0.1", "", "127.0.0.1"],
    ["127.0.0.1", ",".repeat(10_000), "127.0.0.1"],
    [undefined, "198.51.100.1", ""],
  ])("of %s with %j is %s", (peer, forwarded, expected) => {
    expect(clientAddress(peer, forwarded, trusted)).toBe(expected);
  });

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::", "fe80:0:0:0::/64"],
  ])("shares, of %s, the limit of %s", (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });

  it.each([
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "example.org",
    "",
    "10.0.0.0/",
    "fe80::1%eth0",
  ])("trusts no network like %j", (text) => {
    expect(addNetwork(new BlockList(), text)).toBe(false);
  });
});
