/** Shorter values ("1", "gzip") are no secrets, and hiding them would garble every text. */
const MIN_SECRET_CHARACTERS = 5;
const HIDDEN = "[hidden]";

/** Takes every configured secret out of a text, for example one that a server echoed back. */
export type Scrub = (text: string) => string;

/**
 * Knows the values of all headers, the words in them (`Bearer <token>`), the decoded form of basic
 * credentials, and user, password and query of the URLs.
 */
export function createSecretScrubber(
  headers: Readonly<Record<string, string>>,
  urls: readonly URL[],
): Scrub {
  const secrets = [
    ...Object.values(headers).flatMap(secretsOfHeader),
    ...urls.flatMap(secretsOfUrl),
  ].filter((secret) => secret.length >= MIN_SECRET_CHARACTERS);
  // Longest first, so that no half of one stays behind after a shorter one was taken out of it.
  const ordered = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

function secretsOfHeader(value: string): string[] {
  const words = value.split(/[\s,;]+/);
  const basic = /^Basic\s+(\S+)/i.exec(value)?.[1];
  if (basic === undefined) return [value, ...words];
  const decoded = Buffer.from(basic, "base64").toString("utf8");
  return [value, ...words, decoded, ...decoded.split(":")];
}

function secretsOfUrl(url: URL): string[] {
  const parts = [url.username, url.password, ...url.searchParams.values()];
  return [...parts, ...parts.map(encodeURIComponent)];
}
