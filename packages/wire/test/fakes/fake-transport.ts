import type { Batch } from "../../src/batch.ts";
import type { SendOutcome } from "../../src/outcome.ts";
import type { Transport } from "../../src/seams.ts";

export const ACCEPTED: SendOutcome = { status: "success", rejectedRecords: 0 };
export const UNAVAILABLE: SendOutcome = {
  status: "retryable",
  cause: "unavailable",
  message: "HTTP 503",
};

export interface FakeTransport extends Transport {
  readonly sent: Batch[];
  answer: (batch: Batch) => SendOutcome | Promise<SendOutcome>;
}

export function createFakeTransport(
  answer: FakeTransport["answer"] = () => ACCEPTED,
): FakeTransport {
  const transport: FakeTransport = {
    sent: [],
    answer,
    async send(batch) {
      transport.sent.push(batch);
      return transport.answer(batch);
    },
    shutdown() {},
  };
  return transport;
}
