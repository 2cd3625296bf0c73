import type { ContactSpec, WaySpec } from "../../spec/schema/contacts.ts";
import type { Integration, SettingValue } from "../model.ts";
import type { Integration as Row } from "./integration.ts";
import { INTEGRATIONS } from "./integrations.ts";

export type Path = readonly (string | number)[];

/** A way, and where it is written. */
export interface WrittenWay {
  readonly row: Row;
  readonly way: WaySpec;
  readonly path: Path;
}

export function waysOf(contact: ContactSpec, path: Path): readonly WrittenWay[] {
  return INTEGRATIONS.flatMap((row) => {
    const ways = contact[row.type];
    if (ways === undefined || typeof ways === "string") return [];
    return ways.map((way, index): WrittenWay => {
      const at = ways.length === 1 ? [...path, row.type] : [...path, row.type, index];
      return { row, way, path: at };
    });
  });
}

export function toIntegration({ row, way }: Pick<WrittenWay, "row" | "way">): Integration {
  const { send_resolved: sendResolved, uid, ...given } = way;
  const settings = Object.entries(given).filter(
    (entry): entry is [string, SettingValue] => entry[1] !== undefined,
  );
  return {
    type: row.type,
    settings: Object.fromEntries(settings.sort(([a], [b]) => (a < b ? -1 : 1))),
    uid: typeof uid === "string" ? uid : undefined,
    sendResolved: sendResolved !== false,
  };
}
