import type { Key } from "./row.ts";

/** What tabs with the same queue tell each other: bytes that were added, keys that are gone, or that all are. */
type TabMessage = number | readonly Key[] | undefined;

export interface Tabs {
  tell(message: TabMessage): void;
  join(): void;
  /** An open channel can keep a page out of the back/forward cache. */
  leave(): void;
}

export interface TabHearers {
  readonly onAdded: (bytes: number) => void;
  readonly onGone: (keys: readonly Key[] | undefined) => void;
}

/** Does nothing where there are no channels: then a tab looks when it is shown, and at its own pace. */
export function joinTabs(name: string, { onAdded, onGone }: TabHearers): Tabs {
  let channel: BroadcastChannel | undefined;
  const tabs: Tabs = {
    tell: (message) => channel?.postMessage(message),
    join() {
      try {
        channel ??= new BroadcastChannel(name);
        channel.onmessage = ({ data }: MessageEvent<TabMessage>) =>
          typeof data === "number" ? onAdded(data) : onGone(data);
      } catch {}
    },
    leave() {
      channel?.close();
      channel = undefined;
    },
  };
  tabs.join();
  return tabs;
}
