import { LINT_CHECKS } from "./checks.ts";

const SEVERITY_WORD = { error: "error", warning: "warning", info: "information" } as const;

/** `docs/lint.md`, made of the table of checks so that it cannot drift. */
export function renderCheckTable(): string {
  const rows = LINT_CHECKS.map(
    ({ id, severity, what, why, isLive }) =>
      `| \`${id}\` | ${SEVERITY_WORD[severity]}${isLive ? ", `--live`" : ""} | ${cell(what)} | ${cell(why)} |`,
  );
  return `# sightline lint

\`sightline lint\` tells everything that is wrong with \`sightline.yaml\` at once, with its line and column,
what was expected and what to do. It needs no server.

\`\`\`sh
sightline lint                       # every target of the file
sightline lint --target prod         # one
sightline lint --live                # also ask its Prometheus and Loki
sightline lint --format github       # annotations of a pull request; also junit, json
sightline lint --strict              # warnings are problems, too
sightline lint --off promql-counter  # leave one check out; or in the file: lint: {off: [promql-counter]}
\`\`\`

Exit codes: 0 no errors, 3 problems, 8 a server did not answer (\`--live\`), 64 wrong usage. Warnings alone
give 0; with \`--strict\` they give 3. An error cannot be left out: what has one would not load.

First come the faults of the file itself: YAML that does not parse, unknown keys, wrong types, names
that are there twice, names of contacts and mute timings that are not there, secrets that are written
out. If it can be read in spite of them, these checks follow:

| check | is | finds | because |
|---|---|---|---|
${rows.join("\n")}

PromQL is judged by Prometheus' own parser for the web, with its types. LogQL is judged by Grafana's
grammar, and by rules of our own for what Loki refuses when it runs a query. Queries that Sightline makes
of your words are judged like those that you write.
`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
