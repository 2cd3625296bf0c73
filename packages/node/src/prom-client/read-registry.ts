import { isMetric, type PromMetric, type PromRegistry } from "./registry.ts";
import { type PromSnapshot, parseLabels, parseSnapshot, type RegistryTraits } from "./snapshot.ts";

export type RegistryReader = {
  /**
   * All metrics of the registries that answer in time. The same name again is left out: two sets of
   * samples of one name would overwrite each other. Never rejects.
   */
  read(registries: Iterable<PromRegistry>, timeoutMillis: number): Promise<PromSnapshot[]>;
};

export type RegistryReaderOptions = {
  /** Samples that are read of one metric. */
  readonly maxSamples: number;
  /** Told once per metric. */
  readonly onFault: (metric: string, fault: RegistryFault) => void;
};

export type RegistryFault = "failed" | "late" | "doubled";

type Asked = { readonly name: string; readonly snapshot: Promise<PromSnapshot | undefined> };

/**
 * Reads registries metric by metric, so that a `collect` function of the host that throws or hangs
 * costs its own metric and no other. One that hangs is not called again until it is done.
 */
export function createRegistryReader({
  onFault,
  maxSamples,
}: RegistryReaderOptions): RegistryReader {
  const pending = new WeakSet<PromMetric>();

  async function ask(
    metric: PromMetric,
    name: string,
    traits: RegistryTraits,
  ): Promise<PromSnapshot | undefined> {
    if (pending.has(metric)) return undefined;
    pending.add(metric);
    try {
      return parseSnapshot(await metric.get(), traits);
    } catch {
      onFault(name, "failed");
      return undefined;
    } finally {
      pending.delete(metric);
    }
  }

  function askAll(registries: Iterable<PromRegistry>): Asked[] {
    const asked = new Map<string, PromMetric>();
    const answers: Asked[] = [];
    for (const registry of registries) {
      const traits = { ...readTraits(registry), maxSamples };
      for (const metric of readMetrics(registry)) {
        const name = readName(metric);
        const other = asked.get(name);
        if (other !== undefined) {
          // A metric may belong to several registries; that is no clash.
          if (other !== metric) onFault(name, "doubled");
          continue;
        }
        asked.set(name, metric);
        answers.push({ name, snapshot: ask(metric, name, traits) });
      }
    }
    return answers;
  }

  return {
    async read(registries, timeoutMillis) {
      const answers = askAll(registries);
      if (answers.length === 0) return [];
      const found = await answersInTime(answers, timeoutMillis, (name) => onFault(name, "late"));
      return found.filter((snapshot) => snapshot !== undefined);
    },
  };
}

async function answersInTime(
  asked: readonly Asked[],
  timeoutMillis: number,
  onLate: (name: string) => void,
): Promise<(PromSnapshot | undefined)[]> {
  const LATE = Symbol("late");
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis, LATE);
  });
  const answers = await Promise.all(
    asked.map(async ({ name, snapshot }) => {
      const answer = await Promise.race([snapshot, deadline]);
      if (answer !== LATE) return answer;
      onLate(name);
      return undefined;
    }),
  );
  clearTimeout(timer);
  return answers;
}

function readMetrics(registry: PromRegistry): PromMetric[] {
  try {
    return [...registry.getMetricsAsArray()].filter(isMetric);
  } catch {
    return [];
  }
}

const OPEN_METRICS = /^application\/openmetrics-text\b/;

function readTraits(registry: PromRegistry): Omit<RegistryTraits, "maxSamples"> {
  try {
    return {
      defaultLabels: parseLabels(registry._defaultLabels),
      isOpenMetrics: OPEN_METRICS.test(String(registry.contentType)),
    };
  } catch {
    return { defaultLabels: {}, isOpenMetrics: false };
  }
}

function readName(metric: PromMetric): string {
  try {
    return String(metric.name);
  } catch {
    return "";
  }
}
