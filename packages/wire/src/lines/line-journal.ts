/**
 * Keeps encoded records where the death of this process cannot reach them, until they are safe
 * elsewhere. The crash recorder's ring file is one. Nothing here throws.
 */
export interface LineJournal {
  /**
   * Keeps one record at once, before anything asynchronous happens to it.
   *
   * @param record one `LogRecord` message of OTLP, as it is sent; only valid during the call.
   * @returns its number, from 1, each one higher than the last; 0 when it could not be kept.
   */
  append(record: Uint8Array): number;
  /**
   * These need not be sent by the next process: acknowledged, dropped and counted, or in the spool.
   * In any order; a number that is told twice, or 0, changes nothing.
   */
  settle(numbers: readonly number[]): void;
}
