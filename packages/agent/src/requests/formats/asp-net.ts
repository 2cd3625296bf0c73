import type { AccessResult } from "../access-line.ts";
import type { LineFormat } from "./line-format.ts";
import { millisOf, toLine } from "./matched-line.ts";

export const ASP_NET_LINE: LineFormat = {
  name: "ASP.NET Core",
  writer: "other",
  mayBe: (head, text) => text.endsWith("ms") && head.includes("Request finished HTTP/"),
  parse: parseAspNet,
};

const ASP_NET =
  /^(?:\s{0,12}|.{0,160}\[\d{1,4}\] |.{0,64}\[INF\] |\[[^\]]{1,64}\] )Request finished HTTP\/[\d.]{1,3} /;

/** Source: ASP.NET Core, HostingRequestFinishedLog: `… - <status> <length> <type> <elapsed>ms`. */
function parseAspNet(text: string): AccessResult {
  const start = ASP_NET.exec(text);
  if (start === null) return undefined;
  const words = text.slice(start[0].length).split(" ", 24);
  const [method, url] = words;
  const elapsed = words.at(-1) ?? "";
  if (words.length < 6 || !elapsed.endsWith("ms") || !/^https?:\/\//.test(url ?? ""))
    return undefined;
  return toLine(method, url, words.at(-4), millisOf(elapsed.slice(0, -2)));
}
