import { formatFigure, type Section } from "../report.ts";
import { DEATHS, type Death, DYING, LINES } from "./death-plan.ts";
import { quartilesOf } from "./quartiles.ts";

/** What one life left behind. */
export type Life = {
  readonly candidate: string;
  readonly death: string;
  readonly lines: number;
  readonly doubled: number;
  /** Of its crash records; empty where there was none. */
  readonly verdicts: readonly string[];
};

/** Lives of each kind. */
export type DeathSize = { readonly ours: number; readonly others: number };

export function describeDeaths(lives: readonly Life[], size: DeathSize): Section {
  const ours = DYING.filter(({ isOurs }) => isOurs);
  const of = (candidate: string, death: string): Life[] =>
    lives.filter((life) => life.candidate === candidate && life.death === death);
  const ownLives = lives.filter((life) => ours.some(({ name }) => name === life.candidate));
  const wrongVerdicts = ownLives.filter(
    (life) =>
      !isExpected(
        life,
        DEATHS.find(({ name }) => name === life.death),
      ),
  );
  const skipped = DEATHS.filter(({ name }) => lives.every((life) => life.death !== name));
  return {
    part: "deaths",
    title: `Lines that are readable after a death, of ${LINES}`,
    tables: [
      {
        columns: ["death", ...DYING.map(({ name }) => name)],
        rows: DEATHS.map(({ name }) => [
          name,
          ...DYING.map((candidate) => showLines(of(candidate.name, name))),
        ]),
      },
      {
        columns: ["death", ...ours.map(({ name }) => `verdict of ${name}`), "expected"],
        rows: DEATHS.map(({ name, verdict }) => [
          name,
          ...ours.map((candidate) => showVerdicts(of(candidate.name, name))),
          verdict ?? "no record",
        ]),
      },
    ],
    targets: [
      {
        name: "lines of @sightline/node lost",
        value: ownLives.reduce((sum, { lines }) => sum + LINES - lines, 0),
        limit: 0,
        unit: "lines",
      },
      {
        name: "lines of @sightline/node doubled",
        value: ownLives.reduce((sum, { doubled }) => sum + doubled, 0),
        limit: 0,
        unit: "lines",
      },
      { name: "lives with another verdict", value: wrongVerdicts.length, limit: 0, unit: "lives" },
    ],
    notes: [
      `${size.ours} lives of each kind with @sightline/node, ${size.others} with the others. Given is the median, and the lowest and highest where they differ. Lines are read back from Loki; @sightline/node and OpenTelemetry reach it through the collector, winston-loki and pino-loki directly. Sentry's lines are counted by a receiver in its place, those of the pipe by who reads it.`,
      ...skipped.map(
        ({ name }) => `Not measured: ${name}; this machine lets no memory-limited cgroup be made.`,
      ),
      ...new Set(
        wrongVerdicts.map(
          ({ candidate, death, verdicts }) =>
            `${candidate}, ${death}: verdict "${verdicts.join(", ") || "no record"}".`,
        ),
      ),
    ],
    data: { size, lives },
  };
}

function isExpected({ verdicts }: Life, death: Death | undefined): boolean {
  if (death?.verdict === undefined) return verdicts.length === 0;
  return verdicts.length === 1 && verdicts[0] === death.verdict;
}

function showLines(lives: readonly Life[]): string {
  if (lives.length === 0) return "–";
  const lines = lives.map((life) => life.lines);
  const [low, high] = [Math.min(...lines), Math.max(...lines)];
  const doubled = lives.reduce((sum, life) => sum + life.doubled, 0);
  const range =
    low === high ? String(low) : `${formatFigure(quartilesOf(lines).median)} (${low} to ${high})`;
  return doubled === 0 ? range : `${range}, ${doubled} doubled`;
}

function showVerdicts(lives: readonly Life[]): string {
  const texts = lives.map(({ verdicts }) => verdicts.join(" and ") || "no record");
  const counts = [...new Set(texts)].map((text) => ({
    text,
    times: texts.filter((other) => other === text).length,
  }));
  return counts.map(({ text, times }) => `${text} (${times})`).join(", ") || "–";
}
