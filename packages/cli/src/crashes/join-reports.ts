import { isSameDeath, type ReportedDeath } from "@sightline/core";
import type { StoredCrash } from "./stored-crash.ts";

/** One death, and all that was reported of it. */
export interface JoinedCrash {
  /** What counts: the agent's report where there is one, with what only the process knows. */
  readonly crash: StoredCrash;
  /** All reports, the one that counts first. */
  readonly reports: readonly StoredCrash[];
}

/** One per death, in the order given. */
export function joinReports(crashes: readonly StoredCrash[]): JoinedCrash[] {
  const groups = groupById(crashes);
  const agents = indexByContainer(groups);
  const joined = new Map<StoredCrash[], StoredCrash[]>();
  for (const group of groups) {
    const target = findAgentGroup(group, agents) ?? group;
    const known = joined.get(target);
    if (known === undefined) joined.set(target, [...group]);
    else known.push(...group);
  }
  return [...joined.values()].map(joinGroup);
}

/** The same id is the same death. */
function groupById(crashes: readonly StoredCrash[]): StoredCrash[][] {
  const byId = new Map<string, StoredCrash[]>();
  for (const crash of crashes) {
    const group = byId.get(crash.crashId);
    if (group === undefined) byId.set(crash.crashId, [crash]);
    // A record that was sent twice says nothing new.
    else if (!group.some(({ source }) => source === crash.source)) group.push(crash);
  }
  return [...byId.values()];
}

function indexByContainer(groups: readonly StoredCrash[][]): Map<string, StoredCrash[][]> {
  const byContainer = new Map<string, StoredCrash[][]>();
  for (const group of groups) {
    const agent = group.find(isOfAgent);
    const id = agent && containerOf(agent)?.slice(0, 12);
    if (id === undefined) continue;
    byContainer.set(id, [...(byContainer.get(id) ?? []), group]);
  }
  return byContainer;
}

/** The agent's report of the death that a process reported too; of several the nearest in time. */
function findAgentGroup(
  group: StoredCrash[],
  agents: ReadonlyMap<string, StoredCrash[][]>,
): StoredCrash[] | undefined {
  const [crash] = group;
  if (crash === undefined || group.some(isOfAgent)) return undefined;
  const own = deathOf(crash);
  const ofContainer = agents.get(own.containerId?.slice(0, 12) ?? "") ?? [];
  return ofContainer
    .map((candidate) => ({ candidate, agent: candidate.find(isOfAgent) as StoredCrash }))
    .filter(({ agent }) => isSameDeath(deathOf(agent), own))
    .sort((a, b) => a.agent.diedAt - own.diedAt - (b.agent.diedAt - own.diedAt))[0]?.candidate;
}

function joinGroup(group: readonly StoredCrash[]): JoinedCrash {
  const reports = [...group].sort((a, b) => rankOf(a) - rankOf(b));
  const [first, ...others] = reports as [StoredCrash, ...StoredCrash[]];
  const crash = others.reduce(addWhatIsMissing, first);
  return { crash, reports };
}

/** Of several processes of one container, the one with an exception tells most. */
function rankOf(crash: StoredCrash): number {
  if (isOfAgent(crash)) return 0;
  return crash.exceptionType === undefined ? 2 : 1;
}

function addWhatIsMissing(crash: StoredCrash, other: StoredCrash): StoredCrash {
  const hasException = crash.exceptionType !== undefined;
  return {
    ...crash,
    exceptionType: crash.exceptionType ?? other.exceptionType,
    exceptionMessage: hasException ? crash.exceptionMessage : other.exceptionMessage,
    fp: hasException ? crash.fp : other.fp,
    lastLine: crash.lastLine ?? other.lastLine,
    release: crash.release ?? other.release,
    memoryBytes: crash.memoryBytes ?? other.memoryBytes,
    memoryLimitBytes: crash.memoryLimitBytes ?? other.memoryLimitBytes,
  };
}

function isOfAgent({ source }: StoredCrash): boolean {
  return source === "agent";
}

function deathOf(crash: StoredCrash): ReportedDeath {
  return { containerId: containerOf(crash), startedAt: crash.startedAt, diedAt: crash.diedAt };
}

function containerOf({ containerId, crashId }: StoredCrash): string | undefined {
  return containerId ?? /^([0-9a-f]{12}):\d+$/.exec(crashId)?.[1];
}
