// Closed loop over keep-alive connections: each sends its next request when the last is answered.
// Controlled by messages: {port, requests: [text], connections, millis | count} → what it saw.
import { connect } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
/** Buckets of 50 µs, up to two seconds. */
const BUCKET_MICROS = 50;
const BUCKETS = 40_000;

/** Length of the first whole answer in a buffer; 0 while it is not whole. */
function answerLength(buffer) {
  const head = buffer.indexOf(HEAD_END);
  if (head < 0) return 0;
  const text = buffer.toString("latin1", 0, head);
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  if (length !== undefined) {
    const total = head + 4 + Number(length);
    return buffer.length >= total ? total : 0;
  }
  if (/\r\ntransfer-encoding: chunked/i.test(text)) {
    const end = buffer.indexOf("\r\n0\r\n\r\n", head, "latin1");
    return end < 0 ? 0 : end + 7;
  }
  return head + 4;
}

function runLoad({ port, requests, connections, millis, count }) {
  const bytes = requests.map((text) => Buffer.from(text));
  const latencies = new Uint32Array(BUCKETS);
  const statuses = {};
  const startedAt = performance.now();
  const endsAt = millis === undefined ? Number.POSITIVE_INFINITY : startedAt + millis;
  let started = 0;
  let answered = 0;
  let errors = 0;
  const mayGoOn = () => performance.now() < endsAt && (count === undefined || started < count);

  const one = (offset) =>
    new Promise((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let rest = Buffer.alloc(0);
      let sentAt = 0;
      let next = offset;
      const send = () => {
        if (!mayGoOn()) return void socket.end();
        started += 1;
        sentAt = performance.now();
        socket.write(bytes[next++ % bytes.length]);
      };
      socket.on("connect", send);
      socket.on("data", (chunk) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const length = answerLength(rest);
        if (length === 0) return;
        const status = rest.toString("latin1", 9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        rest = rest.subarray(length);
        answered += 1;
        const bucket = Math.floor(((performance.now() - sentAt) * 1_000) / BUCKET_MICROS);
        latencies[Math.min(BUCKETS - 1, bucket)] += 1;
        send();
      });
      socket.on("error", () => {
        errors += 1;
      });
      socket.on("close", resolve);
    });

  return Promise.all(Array.from({ length: connections }, (_, index) => one(index * 7))).then(
    () => ({
      answered,
      errors,
      statuses,
      seconds: (performance.now() - startedAt) / 1_000,
      p50Millis: percentile(latencies, answered, 0.5),
      p99Millis: percentile(latencies, answered, 0.99),
    }),
  );
}

function percentile(latencies, total, share) {
  let seen = 0;
  for (const [bucket, count] of latencies.entries()) {
    seen += count;
    if (seen >= total * share) return ((bucket + 0.5) * BUCKET_MICROS) / 1_000;
  }
  return Number.NaN;
}

process.on("message", async (order) => process.send(await runLoad(order)));
process.on("disconnect", () => process.exit());
process.send("ready");
