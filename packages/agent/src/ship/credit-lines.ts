import type { AccountLedger } from "../accounts/accounts.ts";
import type { FileFate, LifeLines } from "./batch-file.ts";
import type { JournaledFile } from "./journaled-file.ts";

/** Puts the fate of a batch on the accounts of its lives. */
export function creditLines(
  accounts: AccountLedger,
  file: Pick<JournaledFile, "lines" | "records">,
  fate: FileFate,
): void {
  if (fate.kind === "waiting") return;
  if (fate.kind === "refused") {
    for (const { life, lines } of file.lines) accounts.lost(life, "rejected", lines);
    return;
  }
  for (const { life, lines, refused } of shareRefused(file, fate.rejectedRecords)) {
    accounts.acknowledged(life, lines - refused);
    if (refused > 0) accounts.lost(life, "partially_rejected", refused);
  }
}

/**
 * The receiver says how many records it refused, not which. They are laid on the lives in proportion
 * to their lines, so that the sum is right and no account is out by more than its share.
 */
export function shareRefused(
  file: Pick<JournaledFile, "lines" | "records">,
  refusedRecords: number,
): readonly (LifeLines & { readonly refused: number })[] {
  const ratio = file.records === 0 ? 0 : Math.min(1, refusedRecords / file.records);
  let before = 0;
  return file.lines.map(({ life, lines }) => {
    const start = Math.round(before * ratio);
    before += lines;
    return { life, lines, refused: Math.round(before * ratio) - start };
  });
}
