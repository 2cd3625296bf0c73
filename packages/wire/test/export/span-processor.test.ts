import { TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, onTestFinished, test } from "vitest";
import { createDelivery } from "../../src/delivery.ts";
import { createSpanProcessor } from "../../src/export/span-processor.ts";
import { countSpans } from "../fixtures/read-otlp.ts";
import { startReceiver } from "../fixtures/receiver.ts";

async function rig(maxQueuedBytes?: number) {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const delivery = createDelivery({ endpoint: receiver.endpoint });
  onTestFinished(async () => void (await delivery.shutdown(0)));
  const processor = createSpanProcessor(delivery, { maxQueuedBytes });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  const end = (count: number): void => {
    for (let n = 0; n < count; n += 1) provider.getTracer("test").startSpan(`span ${n}`).end();
  };
  const received = (): number =>
    receiver.requests.reduce((sum, { body }) => sum + countSpans(body), 0);
  return { delivery, processor, provider, end, received };
}

test("spans that end in one turn all arrive, far more than the SDK's own queue takes", async () => {
  const { delivery, provider, end, received } = await rig();
  end(5_000);
  await provider.shutdown();
  expect(received()).toBe(5_000);
  expect(delivery.stats().acknowledgedRecords.traces).toBe(5_000);
  expect(delivery.stats().dropped).toEqual([]);
});

test("spans beyond the bound are dropped and counted, the oldest first", async () => {
  const { delivery, provider, end, received } = await rig(20_000);
  end(1_000);
  await provider.shutdown();
  const lost = delivery.stats().dropped;
  expect(lost).toEqual([{ signal: "traces", reason: "queue_full", records: 1_000 - received() }]);
  expect(received()).toBeGreaterThan(0);
  expect(received()).toBeLessThan(1_000);
});

test("spans of traces that are not sampled are not sent, and are no loss", async () => {
  const { delivery, processor, provider, received } = await rig();
  const span = provider.getTracer("test").startSpan("skipped");
  span.spanContext().traceFlags = 0;
  span.end();
  expect(processor.queuedRecords()).toBe(0);
  await provider.shutdown();
  expect(received()).toBe(0);
  expect(delivery.stats().dropped).toEqual([]);
});

test("at the exit of a process, all spans are with the delivery at once", async () => {
  const { delivery, processor, end } = await rig();
  end(700);
  processor.handOver();
  expect(processor.queuedRecords()).toBe(0);
  expect(delivery.stats().memory.records).toBe(700);
});
