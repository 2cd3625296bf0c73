/** What is compared of two reports. Times are Unix milliseconds. */
export interface ReportedDeath {
  /** At least the first 12 hexadecimal digits; undefined outside of containers. */
  readonly containerId: string | undefined;
  readonly startedAt: number | undefined;
  readonly diedAt: number;
}

const ID_LENGTH = 12;
/**
 * Docker writes down a start when the process runs already, and a death when it has heard of it: a
 * process may have begun, and its last sign of life may be stamped, this much outside of the run.
 */
const CLOCK_SLACK_MILLIS = 2_000;
/**
 * A process knows its last sign of life only. That is a second before its death, or longer: a full
 * heap or a stop that takes its 30 s (Kubernetes; Docker 10) may block its event loop. A worker of a
 * cluster that died earlier than this did not take its container with it.
 */
const MAX_SILENCE_MILLIS = 60_000;

/**
 * Whether the agent's report of a container and a process' report of itself are about one death. They
 * have no id in common: a process in a container cannot know when Docker says that it began.
 */
export function isSameDeath(container: ReportedDeath, process: ReportedDeath): boolean {
  const id = container.containerId?.slice(0, ID_LENGTH);
  if (id === undefined || id.length < ID_LENGTH) return false;
  if (process.containerId?.slice(0, ID_LENGTH) !== id) return false;
  // A container keeps its id when it is started again; the process belongs to one of its runs. It may
  // have begun minutes into it, after a script that prepares things.
  const hasBegunBefore =
    container.startedAt !== undefined &&
    process.startedAt !== undefined &&
    process.startedAt < container.startedAt - CLOCK_SLACK_MILLIS;
  const silenceMillis = container.diedAt - process.diedAt;
  return (
    !hasBegunBefore && silenceMillis >= -CLOCK_SLACK_MILLIS && silenceMillis <= MAX_SILENCE_MILLIS
  );
}
