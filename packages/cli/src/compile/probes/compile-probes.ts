import { ANNOTATION, SCRAPE_JOB, SERVER_LABEL, SERVER_METRIC } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import type { ProbeSpec } from "../../spec/schema/probes.ts";
import { ruleId } from "../alerts/rule-ids.ts";
import type { CompileInput } from "../compile-spec.ts";
import type { AlertRule, Probe } from "../model.ts";
import { runbookUrl } from "../runbook-url.ts";
import { probesWithOwnAlert } from "./own-alert.ts";
import { readProbe } from "./read-probe.ts";

/** What is asked from outside; the alerts about all probes are in the pack, those of one are here. */
export function compileProbes(input: CompileInput): {
  readonly probes: readonly Probe[];
  readonly rules: readonly AlertRule[];
  readonly faults: readonly Fault[];
} {
  const { document } = input;
  const specs = document.spec.probes;
  const read = specs.map((spec, index) => readProbe(spec, index, document));
  const own = new Set(probesWithOwnAlert(specs));
  const isOff = document.spec.default_alerts.enabled === false;
  return {
    probes: read.flatMap(({ probe }) => (probe === undefined ? [] : [probe])),
    rules: specs.flatMap((spec, index) => {
      const probe = read[index]?.probe;
      if (probe === undefined || !own.has(spec)) return [];
      return [failingRule(spec, probe, input)];
    }),
    faults: [...read.flatMap(({ faults }) => faults), ...unwatched(isOff)],
  };

  /** A probe that nobody is told of is most likely not meant. */
  function unwatched(isPackOff: boolean): Fault[] {
    const isRowOff = document.spec.default_alerts.off?.includes("probe-failing") ?? false;
    if (!isPackOff && !isRowOff) return [];
    return specs.flatMap((spec, index) =>
      own.has(spec)
        ? []
        : [
            {
              check: "probe-without-alert",
              severity: "warning",
              message: `no alert watches the probe "${spec.name}", because the default alert "probe-failing" is off`,
              advice: 'give it "for: 2m" or "tell", and it has an alert of its own',
              place: document.placeOf(["probes", index]),
            } satisfies Fault,
          ],
    );
  }
}

const MINUTE = 60_000;
const DEFAULT_FOR_MILLIS = 2 * MINUTE;

function failingRule(spec: ProbeSpec, probe: Probe, { urls }: CompileInput): AlertRule {
  const by = [SERVER_LABEL.instance, SERVER_LABEL.probe];
  const series = `${SERVER_METRIC.probeSuccess}{${SERVER_LABEL.job}="${SCRAPE_JOB.probes}", ${SERVER_LABEL.probe}=${JSON.stringify(probe.name)}}`;
  return {
    id: ruleId(`probe ${probe.name}`),
    name: `Probe ${probe.name} fails`,
    source: "prometheus",
    expression: {
      kind: "conditions",
      all: [{ query: `max by (${by.join(", ")}) (${series})`, comparison: "below", amount: "1" }],
    },
    by,
    whenEmpty: "ok",
    forMillis: spec.for ?? DEFAULT_FOR_MILLIS,
    keepFiringForMillis: 2 * MINUTE,
    everyMillis: MINUTE / 2,
    severity: "critical",
    labels: {},
    message: {
      summary: [{ kind: "text", text: `${probe.name} does not answer` }],
      description: [
        {
          kind: "text",
          text: `The probe of ${probe.target} (${probe.module}) fails. Users outside probably see the same.`,
        },
      ],
      annotations: {
        [ANNOTATION.runbookUrl]: [{ kind: "text", text: runbookUrl(urls, "probe-failing") }],
      },
      facts: [],
    },
    contacts: spec.tell ?? [],
    origin: "probe",
    folder: undefined,
    isEnabled: true,
    place: probe.place,
  };
}
