import type { FaroCause, FaroException, FaroFrame } from "../faro/faro-payload.ts";

const MAX_BODY_CHARACTERS = 60_000;

/** One exception of a chain as it is written down. */
interface Raised {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly FaroFrame[];
}

/** `    at total (src/cart.ts:12:5)`, as V8 writes it, whatever browser it came from. */
export function frameText({ function: name, file, line, column }: FaroFrame): string {
  const place = [file ?? "<anonymous>", line, column]
    .filter((part) => part !== undefined)
    .join(":");
  return name === undefined ? `    at ${place}` : `    at ${name} (${place})`;
}

export function headText({ type, message }: Pick<Raised, "type" | "message">): string {
  if (type === "" || message === "") return type + message;
  return `${type}: ${message}`;
}

/** Type, message, stack and causes. */
export function exceptionText(
  exception: Raised & Pick<FaroException, "framesLeftOut" | "componentStack">,
  causes: readonly FaroCause[],
): string {
  const rows = [headText(exception), ...exception.frames.map(frameText)];
  if (exception.framesLeftOut > 0) rows.push(`    … ${exception.framesLeftOut} more frames`);
  for (const cause of causes)
    rows.push(`Caused by: ${headText(cause)}`, ...cause.frames.map(frameText));
  const { componentStack } = exception;
  if (componentStack !== undefined) rows.push(`In components:\n${componentStack.trimEnd()}`);
  return rows.join("\n").slice(0, MAX_BODY_CHARACTERS);
}

/** The frames alone, of the exception and behind it of its causes. */
export function raisedText(exception: Raised, causes: readonly FaroCause[]): string {
  const rows = exception.frames.map(frameText);
  for (const { type, frames } of causes) {
    if (frames.length > 0) rows.push(`Caused by: ${type}`, ...frames.map(frameText));
  }
  return rows.join("\n");
}
