import { cleanLine } from "../report/clean-text.ts";

const MAX_REASON = 400;

/**
 * A server's error without what must not be shown: secrets that are known, and the path of every
 * address, because tokens stand there (Slack, Discord, Telegram).
 */
export function maskReason(reason: string, secrets: readonly string[]): string {
  let text = reason;
  for (const secret of secrets) {
    if (secret.length >= 4) text = text.replaceAll(secret, "<secret>");
  }
  text = text
    .replace(/(https?:\/\/)(?:[^\s/"'@]*@)?([^\s/"'?#]+)[^\s"']*/g, "$1$2/…")
    .replace(/\bbot\d{5,}:[\w-]{10,}/g, "bot<secret>");
  const line = cleanLine(text).trim();
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line;
}

/** The first that fits. Texts of Alertmanager 0.31, Grafana 10 to 13 and of Go's net packages. */
const ADVICE: readonly (readonly [pattern: RegExp, type: RegExp, advice: string])[] = [
  [
    /_file: open |open \S+: (no such file|permission denied)/,
    /./,
    "the file with the secret is not there; sightline apply writes it",
  ],
  [
    /STARTTLS|require_tls|doesn't support TLS/i,
    /email/,
    "the mail server has no TLS on this port: take port 465 or 587, or smtp.require_tls: false if that is meant",
  ],
  [
    /x509|certificate|tls: /i,
    /./,
    "the certificate is not trusted by the server that sends; check the address and its certificate",
  ],
  [
    /\b(535|534|530|454)\b|authenticat|\bauth\b|username and password/i,
    /email/,
    "the mail server refuses user or password: check smtp.username and the secret of smtp.password, then sightline apply",
  ],
  [
    /\b(550|551|553|554|501)\b|recipient|mailbox|relay/i,
    /email/,
    "the mail server refuses this sender or recipient: check smtp.from and the address",
  ],
  [/connection refused/, /email/, "nothing listens there: check host and port of smtp.host"],
  [/connection refused/, /./, "nothing listens at that address"],
  [
    /no such host|server misbehaving|Name or service not known/,
    /./,
    "the name of the host is not known: check it for typing errors",
  ],
  [
    /deadline exceeded|i\/o timeout|timed? ?out/i,
    /./,
    "no answer in time: a firewall between, or a server that is slow",
  ],
  [
    /\b(invalid_token|no_service|no_team|invalid_auth|token_revoked|account_inactive|not_authed)\b/,
    /slack/,
    "Slack has taken this webhook or token back: make a new one",
  ],
  [
    /\b(channel_not_found|channel_is_archived|not_in_channel)\b/,
    /slack/,
    "check the name of the channel, and invite the app to it",
  ],
  [
    /chat not found|bot was (blocked|kicked)/i,
    /telegram/,
    "check chat_id, and that the bot is in that chat and may write",
  ],
  [
    /\b(401|403)\b|unauthori[sz]ed|forbidden/i,
    /./,
    "the other side refuses the secret: check it, then sightline apply",
  ],
  [
    /\b404\b|not found/i,
    /./,
    "that address is not there (any more): make a new webhook, or correct the address",
  ],
  [/\b429\b|rate.?limit/i, /./, "too many messages; wait, and try once more"],
  [
    /\b(400|422)\b/,
    /./,
    "the other side refuses what it was sent: check the settings of this contact",
  ],
  [/\b5\d\d\b/, /./, "the other side has a fault of its own; try once more later"],
  [
    /connection reset|EOF|broken pipe/,
    /./,
    "the other side hung up: is it the right port, and does it want TLS?",
  ],
];

export function adviceForDelivery(type: string, reason: string): string | undefined {
  return ADVICE.find(([pattern, types]) => types.test(type) && pattern.test(reason))?.[2];
}
