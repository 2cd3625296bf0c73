/** Why a text cannot be an origin that may send; undefined if it can. Origins are compared exactly. */
export function findOriginFault(text: string): string | undefined {
  if (text.includes("*")) {
    return 'a pattern would let in whoever can get a name that fits it; expected each origin by itself, such as "https://app.example.com"';
  }
  if (text === "null") return '"null" is what any sandboxed frame and any file sends';
  if (!URL.canParse(text)) return 'expected a scheme and a host, such as "https://app.example.com"';
  const { origin, protocol } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") return "expected http or https";
  return origin === text
    ? undefined
    : `a browser writes it as "${origin}"; expected it like that, without path, default port or capitals`;
}
