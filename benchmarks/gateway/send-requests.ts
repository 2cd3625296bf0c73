// A process of its own, on a core of its own: sends requests over kept connections and prints what came back.
import { connect, type Socket } from "node:net";
import { createRequests, type RequestKind } from "./requests.ts";

/** @see SendOptions in sender.ts, which starts this. */
const [port = "", kind = "", seconds = "", connections = "", perSecond = "", run = ""] =
  process.argv.slice(2);
const makeRequest = createRequests(kind as RequestKind, run);
const millis: number[] = [];
const statuses: Record<string, number> = {};
const rate = Number(perSecond);
const startedAt = performance.now();
const endAt = startedAt + Number(seconds) * 1000;
let sent = 0;

await Promise.all(Array.from({ length: Number(connections) }, sendOnOne));
const elapsed = (performance.now() - startedAt) / 1000;
process.stdout.write(JSON.stringify({ millis, statuses, seconds: elapsed }));

/** One request after the other; with a rate each at its time, or as soon after it as can be. */
async function sendOnOne(): Promise<void> {
  const line = await open();
  while (performance.now() < endAt) {
    const n = sent;
    sent += 1;
    const dueAt = rate > 0 ? startedAt + (n / rate) * 1000 : performance.now();
    if (dueAt > endAt) break;
    const wait = dueAt - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const status = await line.exchange(makeRequest(n));
    // From when it was due: a gateway that stalls must not hide behind requests that were not sent.
    millis.push(performance.now() - dueAt);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  line.socket.destroy();
}

interface Line {
  readonly socket: Socket;
  exchange(request: Buffer): Promise<string>;
}

async function open(): Promise<Line> {
  const socket = connect(Number(port), "127.0.0.1").setNoDelay();
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
  });
  let answer: ((status: string) => void) | undefined;
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const head = text.indexOf("\r\n\r\n");
    if (head === -1) return;
    const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? "0";
    if (text.length < head + 4 + Number(length)) return;
    const status = text.slice(9, 12);
    text = "";
    answer?.(status);
  });
  socket.on("error", () => answer?.("broken"));
  return {
    socket,
    exchange: (request) =>
      new Promise((resolve) => {
        answer = resolve;
        socket.write(request);
      }),
  };
}
