const MEBIBYTE = 1_048_576;

/** `511 of 512 MiB`. In the units in which limits are set: `512m` is 512 MiB. */
export function formatMemory(bytes: number, limitBytes?: number): string {
  const used = mebibytes(bytes);
  return limitBytes === undefined ? `${used} MiB` : `${used} of ${mebibytes(limitBytes)} MiB`;
}

function mebibytes(bytes: number): string {
  const value = bytes / MEBIBYTE;
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
