import type { ServerResponse } from "node:http";

/** What goes wrong between a client and a Grafana, or with it. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A proxy's page in place of an answer. */
  | { readonly kind: "html"; readonly status?: number }
  /** The connection is closed without a byte. */
  | { readonly kind: "nothing" }
  /** It is cut in the middle of the answer; `isDone` says whether the request had done its work. */
  | { readonly kind: "cut"; readonly isDone: boolean }
  /** The answer comes when `release` is done. */
  | { readonly kind: "slow"; readonly release: Promise<unknown>; readonly onArrival?: () => void };

export interface PlannedFault {
  readonly fault: Fault;
  readonly method: string | undefined;
  readonly path: RegExp;
  left: number;
}

/** The first that fits, counted down. */
export function takeFault(
  planned: PlannedFault[],
  method: string,
  path: string,
): Fault | undefined {
  const found = planned.find(
    (one) =>
      one.left > 0 && (one.method === undefined || one.method === method) && one.path.test(path),
  );
  if (!found) return undefined;
  found.left -= 1;
  return found.fault;
}

/** Answers of a fault that needs nothing of Grafana; false: the request is to be handled, then broken. */
export function answerFault(fault: Fault, response: ServerResponse): boolean {
  switch (fault.kind) {
    case "status":
      response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
      response.end(
        JSON.stringify({ message: fault.message ?? `fault ${fault.status}`, traceID: "" }),
      );
      return true;
    case "html":
      response.writeHead(fault.status ?? 200, { "content-type": "text/html; charset=UTF-8" });
      response.end("<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>");
      return true;
    case "nothing":
      response.socket?.destroy();
      return true;
    case "cut":
      if (fault.isDone) return false;
      cut(response);
      return true;
    case "slow":
      return false;
  }
}

/** Half an answer, then the end of the connection. */
export function cut(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": "4096" });
  response.write('[{"uid":"', () => response.socket?.destroy());
}
