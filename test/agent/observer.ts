import { until } from "../harness/until.ts";
import type { AgentProcess, ServedAccount } from "./agent-process.ts";
import type { Rig } from "./rig.ts";
import { readRecords, type StoredRecord } from "./stored.ts";
import { createTally, type Judgement } from "./tally.ts";

/** What has come out at the other end, since the observer was made. */
export interface Observer {
  records: (service: string, kind?: string) => Promise<StoredRecord[]>;
  /** Waits until that many records of a kind are there. */
  untilRecords: (service: string, kind: string, count: number) => Promise<StoredRecord[]>;
  /** Waits until every line that the writer has written is stored; what was found then. */
  untilComplete: (service: string, life: string, timeoutMillis?: number) => Promise<Judgement>;
  /** Waits until the agent's account of a container has nothing waiting and it has ended. */
  untilSettled: (agent: AgentProcess, containerId: string) => Promise<ServedAccount[]>;
}

export function createObserver(rig: Rig): Observer {
  // A container's clock is ours, but an event may be stamped a moment before we asked.
  const fromMillis = Date.now() - 1_000;
  const range = (): { fromMillis: number; toMillis: number } => ({
    fromMillis,
    toMillis: Date.now() + 60_000,
  });
  const records: Observer["records"] = (service, kind = "log") =>
    readRecords(rig.receivers.lokiUrl, `{service_name="${service}",kind="${kind}"}`, range());

  const judge = async (service: string, life: string): Promise<Judgement> => {
    const tally = createTally();
    for (const { text } of await records(service)) tally.add(text);
    return tally.judge(life, rig.counters.written(life));
  };

  return {
    records,
    untilRecords: (service, kind, count) =>
      until(`${count} records of kind "${kind}" of "${service}"`, async () => {
        const found = await records(service, kind);
        return found.length >= count && found;
      }),
    untilComplete: async (service, life, timeoutMillis = 30_000) => {
      let last: Judgement | undefined;
      try {
        return await until(
          `every line of "${life}"`,
          async () => {
            last = await judge(service, life);
            return last.lost === 0 && rig.counters.written(life).finished > 0 && last;
          },
          timeoutMillis,
        );
      } catch (error) {
        const written = JSON.stringify(rig.counters.written(life));
        throw new Error(`${String(error)}; written ${written}, found ${JSON.stringify(last)}`);
      }
    },
    untilSettled: (agent, containerId) =>
      until(`the account of ${containerId.slice(0, 12)} to be settled`, async () => {
        const all = await agent.accounts();
        const own = all.filter(({ life }) => life.startsWith(containerId.slice(0, 12)));
        return own.length > 0 && own.every(isSettled) && own;
      }),
  };
}

function isSettled(account: ServedAccount): boolean {
  return (
    account.endedUnixMillis !== undefined &&
    account.readLines === account.acknowledgedLines + droppedOf(account)
  );
}

export function droppedOf({ droppedLines }: ServedAccount): number {
  return Object.values(droppedLines).reduce((sum, lines) => sum + lines, 0);
}
