import { subscribe, unsubscribe } from "node:diagnostics_channel";

type Handler = (message: unknown) => void;

/**
 * Subscribes to diagnostics channels and returns the way back. An error in a subscriber would end
 * the host as an uncaught exception, so each is caught here.
 */
export function listenToChannels(handlers: Readonly<Record<string, Handler>>): () => void {
  const safe = Object.entries(handlers).map(([channel, handler]) => {
    const subscriber: Handler = (message) => {
      try {
        handler(message);
      } catch {
        // One request goes unmeasured.
      }
    };
    return { channel, subscriber };
  });
  for (const { channel, subscriber } of safe) subscribe(channel, subscriber);
  return () => {
    for (const { channel, subscriber } of safe) unsubscribe(channel, subscriber);
  };
}
