import { afterEach, beforeEach } from "vitest";
import { type OtlpReceiver, openReceiver } from "./otlp-receiver.ts";
import { type DataDirectory, makeDataDirectory } from "./run-app.ts";

export type ReceiverBed = {
  /** May be closed and replaced during a test. */
  receiver: OtlpReceiver;
  data: DataDirectory;
};

/** A receiver and a data directory for each test of the file, gone when it ends. */
export function useReceiverBed(): ReceiverBed {
  const bed = {} as ReceiverBed;
  beforeEach(async () => {
    bed.receiver = await openReceiver();
    bed.data = makeDataDirectory();
  });
  afterEach(async () => {
    await bed.receiver.close();
    bed.data.remove();
  });
  return bed;
}
