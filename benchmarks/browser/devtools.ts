import { once } from "node:events";

type Answer = {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};

/**
 * A plain connection to DevTools. Playwright's switches the console's inspector on, which costs a
 * page more for each line than most of what is measured here.
 */
export type DevTools = {
  /** `session` is of a page; without it the browser is asked. */
  send: <Result>(
    method: string,
    parameters?: Readonly<Record<string, unknown>>,
    session?: string,
  ) => Promise<Result>;
  close: () => void;
};

export async function connectDevTools(endpoint: string): Promise<DevTools> {
  const socket = new WebSocket(endpoint);
  await once(socket, "open");
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id === undefined) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  return {
    send: <Result>(
      method: string,
      parameters: Readonly<Record<string, unknown>> = {},
      session?: string,
    ) =>
      new Promise<Result>((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, ({ result, error }) => {
          if (error === undefined) resolve(result as Result);
          else reject(new Error(`${method}: ${error.message}`));
        });
        const target = session === undefined ? {} : { sessionId: session };
        socket.send(JSON.stringify({ id, method, params: parameters, ...target }));
      }),
    close: () => socket.close(),
  };
}
