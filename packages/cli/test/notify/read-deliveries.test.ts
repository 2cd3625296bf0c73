import { describe, expect, it } from "vitest";
import { adviceForDelivery, maskReason } from "../../src/notify/explain-delivery.ts";
import { readAttempts, readLoggedFaults } from "../../src/notify/read-deliveries.ts";

const METRICS = `
# TYPE alertmanager_notification_requests_total counter
alertmanager_notification_requests_total{integration="email",receiver_name="sightline-notify: ops"} 5
alertmanager_notification_requests_total{integration="email",receiver_name="other"} 50
alertmanager_notification_requests_total{integration="webhook",receiver_name="sightline-notify: ops"} 1
alertmanager_notification_requests_failed_total{integration="email",receiver_name="sightline-notify: ops"} 3
alertmanager_notification_requests_total{integration="email",receiver_name="a\\"b\\\\c"} 2
`;

const ID = "0b1f";
const LOG = [
  `level=WARN msg="Notify attempt failed, will retry later" receiver="sightline-notify: ops" integration=email[1] aggrGroup="{}:{id=\\"${ID}\\"}" attempts=1 err="dial tcp: \\"refused\\""`,
  `level=WARN msg="Notify attempt failed, will retry later" integration=email[0] aggrGroup="{}:{id=\\"other\\"}" err="not ours"`,
  `level=ERROR msg="Notify for alerts failed" aggrGroup="{}:{id=\\"${ID}\\"}" num_alerts=1 err="sightline-notify: ops/webhook[0]: notify retry canceled due to unrecoverable error after 1 attempts: unexpected status code 404: no: such; sightline-notify: ops/email[1]: notify retry canceled after 6 attempts: dial tcp: refused"`,
];

describe("what Alertmanager says of a test", () => {
  it("are counters of one receiver by integration", () => {
    const attempts = readAttempts(METRICS, "sightline-notify: ops");
    expect(attempts?.get("email")).toEqual({ succeeded: 2, failed: 3 });
    expect(attempts?.get("webhook")).toEqual({ succeeded: 1, failed: 0 });
    expect(readAttempts(METRICS, 'a"b\\c')?.get("email")).toEqual({ succeeded: 2, failed: 0 });
  });

  it("is nothing where the server does not tell receivers apart", () => {
    const metrics = 'alertmanager_notification_requests_total{integration="email"} 5';
    expect(readAttempts(metrics, "x")).toBeUndefined();
  });

  it("are faults in the log, of this test and each way", () => {
    expect(readLoggedFaults(LOG, ID, "sightline-notify: ops")).toEqual([
      { integration: "email", index: 1, reason: 'dial tcp: "refused"', isFinal: false },
      {
        integration: "webhook",
        index: 0,
        reason: "unexpected status code 404: no: such",
        isFinal: true,
      },
      { integration: "email", index: 1, reason: "dial tcp: refused", isFinal: true },
    ]);
  });
});

describe("a reason that is shown", () => {
  it("has no secrets, and no path of an address, where tokens stand", () => {
    const reason =
      'Post "https://api.telegram.org/bot123456:AAcanarycanary/sendMessage": dial https://u:canary@h.example/T0/canary?x=canary wrong password canary-pw';
    const shown = maskReason(reason, ["canary-pw"]);
    expect(shown).toBe(
      'Post "https://api.telegram.org/…": dial https://h.example/… wrong password <secret>',
    );
  });

  it("is one line without control characters, of bounded length", () => {
    expect(maskReason(`a\n\u001b[31mb${"x".repeat(5000)}`, [])).toMatch(/^a bx{300,400}…$/);
  });

  it.each([
    ["email", "535 5.7.8 Error: authentication failed", "smtp.password"],
    ["email", "550 5.1.1 no such user", "sender or recipient"],
    ["slack", "channel_not_found", "invite the app"],
    ["slack", "no_service", "make a new one"],
    ["webhook", "unexpected status code 429: x", "too many messages"],
    ["telegram", "telegram: chat not found (400)", "check chat_id"],
    ["teams", "context deadline exceeded", "no answer in time"],
    ["webhook", "something else", undefined],
  ])("comes with what to do: %s, %s", (type, reason, expected) => {
    const advice = adviceForDelivery(type, reason);
    if (expected === undefined) expect(advice).toBeUndefined();
    else expect(advice).toContain(expected);
  });
});
