import { attempt } from "../page/natives.ts";
import { listen, type Undo } from "../page/patch.ts";

/** Where the browser says that it happened, for what has no stack. */
export interface ErrorPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ErrorSink {
  uncaught(error: unknown, place: ErrorPlace | undefined): void;
  /** A script or style sheet that could not be loaded. */
  resourceFailed(address: string): void;
}

/** What nobody caught. Listeners, not `onerror`: the page may assign that at any time. */
export function captureErrors(sink: ErrorSink): Undo {
  const undos = [
    listen(window, "error", (event) => {
      if (event instanceof ErrorEvent) return onError(event, sink);
      const { target } = event;
      if (target instanceof HTMLScriptElement) sink.resourceFailed(target.src);
      else if (target instanceof HTMLLinkElement) sink.resourceFailed(target.href);
    }),
    listen(window, "unhandledrejection", (event) => onRejection(event, sink)),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}

function onError(event: ErrorEvent, sink: ErrorSink): void {
  const { colno, error, filename, lineno, message } = event;
  const place = filename === "" ? undefined : { file: filename, line: lineno, column: colno };
  // Scripts of other origins give neither the error nor a place, only `Script error.`
  sink.uncaught(error ?? { name: "Error", message }, place);
}

function onRejection(event: Event, sink: ErrorSink): void {
  // Libraries dispatch events of their own by this name, with the reason in `detail`.
  const { detail, reason } = event as Event & { reason?: unknown; detail?: { reason?: unknown } };
  const thrown = reason ?? detail?.reason;
  // What is thrown may be a proxy that throws.
  if (attempt(() => (thrown as Partial<Error> | undefined)?.name) === "AbortError") return;
  sink.uncaught(thrown, undefined);
}
