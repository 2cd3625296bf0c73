/** A file of `programs/` without its ending. */
export type Program =
  | "sightline"
  | "faro"
  | "sentry"
  | "sentry-tracing"
  | "datadog-logs"
  | "datadog-rum"
  | "datadog"
  | "opentelemetry";

/** Each is bundled alone, as a page would have it. */
export type Candidate = {
  readonly name: string;
  readonly program: Program;
  /** What it tells of: for the table of sizes. */
  readonly takes: string;
  /** It takes ordinary lines of the console, so that its cost of them can be measured. */
  readonly takesConsole: boolean;
};

export const OURS = "@sightline/browser";
export const FARO = "Faro 2.12.1 alone";

export const CANDIDATES: readonly Candidate[] = [
  {
    name: OURS,
    program: "sightline",
    takes: "console, errors, requests, vitals, navigation, sessions, traces; queue on disk",
    takesConsole: true,
  },
  {
    name: FARO,
    program: "faro",
    takes: "console, errors, vitals, navigation, sessions",
    takesConsole: true,
  },
  {
    name: "Sentry 11.12.0",
    program: "sentry",
    takes: "console, errors, sessions",
    takesConsole: true,
  },
  {
    name: "Sentry 11.12.0, tracing",
    program: "sentry-tracing",
    takes: "console, errors, vitals, navigation, sessions, traces",
    takesConsole: true,
  },
  {
    name: "Datadog logs 7.16.2",
    program: "datadog-logs",
    takes: "console, errors, sessions",
    takesConsole: true,
  },
  {
    name: "Datadog RUM 7.16.2",
    program: "datadog-rum",
    takes: "errors, requests, vitals, navigation, sessions, traces",
    takesConsole: false,
  },
  {
    name: "Datadog RUM and logs 7.16.2",
    program: "datadog",
    takes: "both of them",
    takesConsole: true,
  },
  {
    name: "OpenTelemetry browser-sdk 0.4.0",
    program: "opentelemetry",
    takes: "console, errors, vitals, navigation, clicks",
    takesConsole: true,
  },
];
