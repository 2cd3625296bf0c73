import type { ShipMode } from "@sightline/core";
import type { AskedSignal } from "../deaths/death-facts.ts";
import type { Tail } from "../deaths/tail.ts";
import type { LastMinute } from "../resources/last-minute.ts";
import type { Identity } from "../sources/identity.ts";
import type { Time } from "../sources/line.ts";
import type { SourceSink } from "../sources/source-sink.ts";

/** How a run ended, as far as Docker said. */
export interface RunEnd {
  readonly time: Time;
  readonly exitCode: number | undefined;
  /** The agent did not see it happen: this comes from a later look at the container. */
  readonly isHindsight: boolean;
}

/** One start of a container until its death. */
export interface Run {
  /** 1 for the first start under the container's name, over all containers that had it. */
  readonly number: number;
  readonly life: string;
  readonly mode: Exclude<ShipMode, "off">;
  readonly startedUnixMillis: number;
  /** Others when the container is renamed. */
  identity: Identity;
  sink: SourceSink;
  readonly tail: Tail;
  /** An earlier process of the agent has read its first lines. */
  readonly isResumed: boolean;
  readonly asked: AskedSignal[];
  isStopSeen: boolean;
  oomEventAtMillis: number | undefined;
  end: RunEnd | undefined;
  /** Set at its end. */
  lastMinute: LastMinute;
}
