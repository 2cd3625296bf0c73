import type { z } from "zod";
import type { Json } from "../../plan/resource.ts";
import type { SettingValue } from "../model.ts";

/** Where a field of the specification goes in the settings of an engine. */
export interface Slot {
  /** Dotted path: `http_config.proxy_url`. */
  readonly at?: string;
  /** Where the path of a file stands that holds a secret; a secret goes nowhere else. */
  readonly file?: string;
  /** The form that the engine wants; as it is without it. */
  readonly as?: (value: SettingValue) => Json;
}

export interface Field {
  readonly schema: z.ZodType;
  readonly isRequired?: true;
  /** Undefined: this engine has no such setting, and leaves it out. */
  readonly alertmanager?: Slot;
  readonly grafana?: Slot;
}

/** Who marks up a text in the same way; each has its own escaping (emit/contacts/markup.ts). */
export type MarkupName =
  | "plain"
  | "slack"
  | "markdown"
  | "discord"
  | "telegram"
  | "html"
  | "jira"
  | "short";

/** Where the title and the text of a message go. Both are Go templates. */
export interface MessageSlots {
  readonly title?: string;
  readonly text?: string;
}

/** One way to reach people, and what each engine makes of it. To add one, copy the smallest row. */
export interface Integration {
  /** The key in a contact. */
  readonly type: string;
  readonly title: string;
  /** The field that a bare text fills: `email: ops@example.org`. */
  readonly short: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly markup: MarkupName;
  /** What no field alone can say: "give either url, or token and channel". */
  readonly check?: (settings: Readonly<Record<string, SettingValue>>) => string | undefined;
  readonly alertmanager:
    | {
        /** `slack_configs`. */
        readonly list: string;
        readonly message: MessageSlots;
        /** What every receiver gets beside its fields. */
        readonly constant?: { readonly [key: string]: Json };
        /** What changes where `message` names a template of the user. */
        readonly withOwnText?: { readonly [key: string]: Json };
        /** What a contact cannot do here although the type can, and what to do instead. */
        readonly cannot?: (settings: Readonly<Record<string, SettingValue>>) => string | undefined;
      }
    /** Why not, and what to do instead. */
    | { readonly cannot: string };
  readonly grafana: {
    readonly type: string;
    readonly message: MessageSlots;
    readonly constant?: { readonly [key: string]: Json };
    readonly cannot?: (settings: Readonly<Record<string, SettingValue>>) => string | undefined;
    /** The first Grafana that has it; undefined: all that we support. */
    readonly since?: string;
  };
}
