import { Component, type ErrorInfo, type ReactNode } from "react";
import { tellError } from "./tell-error.ts";

/** What a fallback may show. */
export interface CaughtFailure {
  readonly error: unknown;
  /** Renders the children again. */
  reset(): void;
}

export interface SightlineErrorBoundaryProps {
  readonly children?: ReactNode;
  /** Shown in place of the children after one of them failed. Default: nothing. */
  readonly fallback?: ReactNode | ((failure: CaughtFailure) => ReactNode);
  /** Called after the error was told. */
  readonly onError?: (error: unknown, componentStack: string) => void;
  /** Called when the children are rendered again. */
  readonly onReset?: () => void;
  /** The children are rendered again when one of these changes, for example the address. */
  readonly resetKeys?: readonly unknown[];
}

type BoundaryState = { readonly status: "fine" } | { readonly status: "failed"; error: unknown };

const FINE: BoundaryState = { status: "fine" };

/** Tells errors of rendering with the place in the component tree, and shows the fallback. React 17 and later. */
export class SightlineErrorBoundary extends Component<SightlineErrorBoundaryProps, BoundaryState> {
  override state: BoundaryState = FINE;

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { status: "failed", error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    const componentStack = info.componentStack ?? "";
    tellError(error, { handled: true, componentStack });
    this.props.onError?.(error, componentStack);
  }

  override componentDidUpdate(
    previous: SightlineErrorBoundaryProps,
    previousState: BoundaryState,
  ): void {
    const hadFailed = this.state.status === "failed" && previousState.status === "failed";
    // In the update that failed the keys may be new as well; a reset there would loop.
    if (hadFailed && haveChanged(previous.resetKeys, this.props.resetKeys)) this.#reset();
  }

  override render(): ReactNode {
    const { children, fallback } = this.props;
    if (this.state.status === "fine") return children;
    if (typeof fallback !== "function") return fallback ?? null;
    return fallback({ error: this.state.error, reset: this.#reset });
  }

  readonly #reset = (): void => {
    this.props.onReset?.();
    this.setState(FINE);
  };
}

function haveChanged(before: readonly unknown[] = [], now: readonly unknown[] = []): boolean {
  return before.length !== now.length || now.some((key, index) => !Object.is(key, before[index]));
}
