import { later } from "../page/natives.ts";
import type { Span } from "./span.ts";
import { createTraceContext, type TraceContext } from "./trace-context.ts";

/** After its last request or its beginning an action is over when nothing follows for this long. */
const QUIET_MILLIS = 1000;
const MAX_MILLIS = 30_000;

interface Action {
  readonly context: TraceContext;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly startMillis: number;
  lastMillis: number;
  running: number;
  requests: number;
}

/** A request's place in the trace. */
export interface ActionRequest {
  readonly context: TraceContext;
  readonly parentSpanId?: string;
  ended(): void;
}

/**
 * What the user did last is the root of a trace: the requests that it causes are its children, and
 * lines and errors meanwhile carry its id. Browsers do not tell what caused what; what follows within
 * a second, or while a request of the action runs, is taken for its effect.
 */
export interface Actions {
  begin(name: string, attributes: Readonly<Record<string, string>>): TraceContext;
  current(): TraceContext | undefined;
  /** @param isTold false: its span is nobody's child, so the action needs none for it. */
  request(isTold: boolean): ActionRequest;
  /** Tells the root of what runs, because the page is about to go. */
  settle(): void;
}

export function createActions(tell: (span: Span) => void, now: () => number): Actions {
  let action: Action | undefined;

  const isOver = ({ lastMillis, running, startMillis }: Action): boolean =>
    now() - startMillis > MAX_MILLIS || (running === 0 && now() - lastMillis > QUIET_MILLIS);
  const end = (): void => {
    const ended = action;
    action = undefined;
    if (ended === undefined || ended.requests === 0) return;
    const { attributes, context, lastMillis, name, startMillis } = ended;
    const durationMillis = Math.max(0, lastMillis - startMillis);
    tell({ context, name, kind: "internal", startMillis, durationMillis, attributes });
  };
  const live = (): Action | undefined => {
    if (action !== undefined && isOver(action)) end();
    return action;
  };

  return {
    begin: (name, attributes) => {
      end();
      const context = createTraceContext();
      const time = now();
      action = {
        context,
        name,
        attributes,
        startMillis: time,
        lastMillis: time,
        running: 0,
        requests: 0,
      };
      return context;
    },
    current: () => live()?.context,
    request: (isTold) => {
      const parent = live();
      if (parent === undefined) return { context: createTraceContext(), ended: () => undefined };
      parent.running += 1;
      if (isTold) parent.requests += 1;
      return {
        context: createTraceContext(parent.context.traceId),
        parentSpanId: parent.context.spanId,
        ended: () => {
          parent.running -= 1;
          parent.lastMillis = now();
          // Nothing may come after it that would notice the end.
          later(live, QUIET_MILLIS + 50);
        },
      };
    },
    settle: end,
  };
}
