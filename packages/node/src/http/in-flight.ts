let inFlight = 0;

/** Requests of this process that have begun and not ended: neither answered nor broken off. */
export function inFlightRequests(): number {
  return inFlight;
}

/** Called once when a request begins. */
export function enterRequest(): void {
  inFlight += 1;
}

/** Called once when it ends, in whatever way. */
export function leaveRequest(): void {
  inFlight -= 1;
}
