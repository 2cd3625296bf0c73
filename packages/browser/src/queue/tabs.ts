import type { Key } from "./row.ts";

/** What tabs with the same queue tell each other. */
export type TabMessage =
  | { readonly kind: "added"; readonly bytes: number }
  | { readonly kind: "gone"; readonly keys: readonly Key[] }
  | { readonly kind: "cleared" };

export interface Tabs {
  tell(message: TabMessage): void;
  open(): void;
  /** An open channel can keep a page out of the back/forward cache. */
  close(): void;
}

/** Does nothing where there are no channels: then a tab looks when it is shown, and at its own pace. */
export function joinTabs(name: string, hear: (message: TabMessage) => void): Tabs {
  let channel: BroadcastChannel | undefined;
  const tabs: Tabs = {
    tell: (message) => channel?.postMessage(message),
    open() {
      try {
        channel ??= new BroadcastChannel(name);
        channel.onmessage = ({ data }) => hear(data);
      } catch {}
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
  tabs.open();
  return tabs;
}
