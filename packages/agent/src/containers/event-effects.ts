import type { DockerEvent } from "../docker/api-types.ts";
import type { Run, RunEnd } from "./run.ts";

/** What an event may do to its container. */
export interface Effects {
  begin(startedUnixMillis: number, source: "certain" | "look"): void;
  end(how: RunEnd): void;
  onGone(unixMillis: number): void;
  rename(name: string): void;
  onOom(run: Run): void;
}

type EventEffect = (event: DockerEvent, run: Run | undefined, effects: Effects) => void;

/** What the events of a container mean for it, by their action. Others mean nothing. */
export const EVENT_EFFECTS: Readonly<Record<string, EventEffect>> = {
  start: ({ timeNano }, _run, { begin }) => begin(Math.floor(timeNano / 1e6), "certain"),
  kill({ timeNano, Actor }, run) {
    const { signal } = Actor.Attributes;
    if (signal !== undefined) run?.asked.push({ signal, atMillis: timeNano / 1e6 });
  },
  rename({ Actor }, _run, { rename }) {
    const { name } = Actor.Attributes;
    if (name) rename(name);
  },
  stop: (_event, run) => noteStop(run),
  restart: (_event, run) => noteStop(run),
  oom({ timeNano }, run, { onOom }) {
    if (run === undefined) return;
    run.oomEventAtMillis = timeNano / 1e6;
    onOom(run);
  },
  die({ timeNano, Actor }, _run, { end }) {
    const { exitCode } = Actor.Attributes;
    end({
      time: [Math.floor(timeNano / 1e9), timeNano % 1e9],
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
      isHindsight: false,
    });
  },
  destroy: ({ timeNano }, _run, { onGone }) => onGone(Math.floor(timeNano / 1e6)),
};

function noteStop(run: Run | undefined): void {
  if (run !== undefined) run.isStopSeen = true;
}
