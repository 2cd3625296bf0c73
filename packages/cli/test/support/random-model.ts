import { INTEGRATIONS } from "../../src/compile/contacts/integrations.ts";
import type {
  AlertRule,
  Condition,
  Contact,
  DashboardFile,
  MessagePart,
  Model,
  ModelTarget,
  MuteTiming,
  RecordRule,
  Route,
  SettingValue,
} from "../../src/compile/model.ts";

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Characters that mean something to YAML, Go templates, files of Grafana, URLs, or to nobody. */
const PIECES = [
  ...[
    "$",
    "${x}",
    "$$",
    "{{",
    "}}",
    "{{ $labels.a }}",
    '"',
    "'",
    "\\",
    "/",
    "%",
    "#",
    "é",
    "日本",
    "🚒",
  ],
  ...[
    "a",
    "b c",
    "0x1",
    "1_000",
    "yes",
    "null",
    "2026-01-01",
    ": ",
    "- ",
    "&x",
    "*x",
    "!t",
    "|",
    ">",
  ],
];

interface Source {
  readonly chance: (of: number) => boolean;
  readonly below: (count: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly list: <Item>(max: number, make: (index: number) => Item) => Item[];
  readonly text: () => string;
}

function createSource(seed: number): Source {
  const random = createRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  return {
    below,
    pick,
    chance: (of) => random() < of,
    list: (max, make) => Array.from({ length: below(max + 1) }, (_, index) => make(index)),
    text: () => `t${Array.from({ length: 1 + below(5) }, () => pick(PIECES)).join("")}t`,
  };
}

/** A model that a specification could give, with texts that are made to break something. */
export function randomModel(seed: number, target: ModelTarget): Model {
  const source = createSource(seed);
  const contacts = [0, ...source.list(4, (index) => index + 1)].map((index) =>
    contact(source, index),
  );
  const names = contacts.map(({ name }) => name);
  const muteTimings = source.list(3, (index) => timing(source, index));
  return {
    project: `p${seed}`,
    target,
    urls: { grafana: undefined, alertmanager: undefined, runbooks: undefined },
    rules: source.list(8, (index) => rule(source, index, names)),
    records: source.list(2, (index) => record(source, index)),
    contacts,
    routes: source.list(4, (index) => route(source, index, names, muteTimings)),
    defaultContact: source.chance(0.5) ? source.pick(names) : undefined,
    muteTimings,
    isProjectNamed: false,
    gateway: { version: 1 },
    inhibitions: [],
    templates: source.list(2, (index) => ({
      name: `words-${index}`,
      text: source.chance(0.5)
        ? `{{ define "words-${index}" }}$x {{ $a := 1 }}{{ $a }}{{ end }}\n\n`
        : "plain words\nof two lines",
      place: undefined,
    })),
    probes: [],
    dashboards: source.list(3, (index) => dashboard(source, index)),
    grafanaObjects: [],
    smtp: undefined,
  };
}

const DAYS = 86_400_000;
const DURATIONS = [0, 10_000, 60_000, 90_000, 3_600_000, 5_400_000, DAYS, 7 * DAYS, 30 * DAYS];

function rule(source: Source, index: number, contacts: readonly string[]): AlertRule {
  const facts = source.chance(0.5)
    ? [
        {
          name: "line",
          query: `max by (a) (line_${index})`,
          read: { kind: "label", label: "sample" },
        } as const,
      ]
    : [];
  const parts = (): MessagePart[] => [
    ...source.list(3, (): MessagePart => ({ kind: "text", text: source.text() })),
    { kind: "label", name: source.pick(["a", "b.c", "service_name"]) },
    { kind: "value", format: source.pick(["number", "percent", "duration", "bytes"] as const) },
    ...facts.map(({ name }): MessagePart => ({ kind: "fact", name })),
  ];
  return {
    id: `rule-${index}`,
    name: `${index} ${source.text()}`,
    source: source.pick(["prometheus", "loki"] as const),
    expression: source.chance(0.2)
      ? { kind: "raw", query: `up{a=~"${index}$"} == 0` }
      : {
          kind: "conditions",
          all: [condition(source, 0), ...source.list(2, (nth) => condition(source, nth + 1))],
        },
    by: source.list(2, (nth) => `l${nth}`),
    whenEmpty: source.pick(["ok", "firing"] as const),
    forMillis: source.pick(DURATIONS),
    keepFiringForMillis: source.pick(DURATIONS),
    everyMillis: source.pick([10_000, 30_000, 60_000, 300_000]),
    severity: source.pick(["critical", "warning", "info", "none"] as const),
    labels: Object.fromEntries(source.list(3, (nth) => [`label_${nth}`, source.text()])),
    message: {
      summary: parts(),
      description: source.chance(0.5) ? parts() : [],
      annotations: Object.fromEntries(source.list(2, (nth) => [`note_${nth}`, parts()])),
      facts,
    },
    contacts: source.chance(0.5) ? [source.pick(contacts)] : [],
    origin: "user",
    folder: source.pick([undefined, "Ops", "Team A/Payments", "50% \\/ half", "$x"]),
    isEnabled: source.chance(0.8),
    place: undefined,
  };
}

function condition(source: Source, nth: number): Condition {
  return {
    query: `sum by (a) (rate(m${nth}_total{a=~"x$|${source.below(9)}"}[5m]))`,
    comparison: source.pick(["above", "at-least", "below", "at-most"] as const),
    amount: source.pick(["0", "1", "0.0144", "1500000000", "0.1"]),
  };
}

function record(source: Source, index: number): RecordRule {
  return {
    id: `record-${index}`,
    metric: `sum:of_${index}:rate5m`,
    source: source.pick(["prometheus", "loki"] as const),
    query: "sum(rate(x_total[5m]))",
    everyMillis: source.pick([30_000, 60_000]),
    labels: source.chance(0.5) ? { team: source.text() } : {},
    place: undefined,
  };
}

/** Settings that are asked for, with values of the right kind. */
function contact(source: Source, index: number): Contact {
  const rows = INTEGRATIONS.filter(({ type }) => SETTINGS[type] !== undefined);
  return {
    name: `contact ${index} ${source.text()}`,
    integrations: [0, ...source.list(2, (nth) => nth + 1)].map(() => {
      const { type } = source.pick(rows);
      return {
        type,
        settings: SETTINGS[type] ?? {},
        uid: undefined,
        sendResolved: source.chance(0.7),
      };
    }),
    place: undefined,
  };
}

const SECRET: SettingValue = { kind: "secret", from: "env", name: "RANDOM_SECRET" };
const SETTINGS: Readonly<Record<string, Readonly<Record<string, SettingValue>>>> = {
  email: { to: ["a@example.org", "b@example.org"] },
  slack: { url: SECRET },
  webhook: { url: "https://hook.example.org/$x" },
  pagerduty: { key: SECRET },
};

function timing(source: Source, index: number): MuteTiming {
  return {
    name: `timing ${index} ${source.text()}`,
    intervals: [
      {
        times: source.chance(0.5) ? [{ start: "22:00", end: "24:00" }] : [],
        weekdays: source.chance(0.5) ? ["monday:friday", "sunday"] : [],
        daysOfMonth: source.chance(0.5) ? ["1:5", "-1"] : [],
        months: source.chance(0.5) ? ["1:3"] : [],
        years: source.chance(0.3) ? ["2030:2032"] : [],
        location: source.pick([undefined, "Europe/Berlin", "UTC"]),
      },
    ],
    place: undefined,
  };
}

function route(
  source: Source,
  index: number,
  contacts: readonly string[],
  timings: readonly MuteTiming[],
): Route {
  const millis = (): number | undefined => source.pick([undefined, 10_000, 90_000, 4 * DAYS]);
  return {
    id: `route-${index}`,
    matchers: [
      { label: "severity", operator: "=", value: source.text() },
      { label: "a", operator: source.pick(["=~", "!="] as const), value: "foo$" },
    ],
    contacts: source.chance(0.8) ? [source.pick(contacts)] : [],
    groupBy: source.chance(0.5) ? ["alertname", "grafana_folder"] : undefined,
    groupWaitMillis: millis(),
    groupIntervalMillis: millis(),
    repeatIntervalMillis: millis(),
    mute: timings.length > 0 && source.chance(0.5) ? [source.pick(timings).name] : [],
    active: [],
    continues: source.chance(0.3),
    place: undefined,
  };
}

function dashboard(source: Source, index: number): DashboardFile {
  return {
    uid: `board-${index}`,
    title: `${index} ${source.text()}`,
    json: {
      panels: [{ id: 1, type: "text", title: source.text() }],
      schemaVersion: 39,
      tags: source.chance(0.5) ? ["mine"] : [],
    },
    origin: "user",
    place: undefined,
  };
}
