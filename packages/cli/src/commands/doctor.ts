import { EXIT, formatDuration, parseDuration } from "@sightline/core";
import type { Context } from "../context.ts";
import type { Check, CheckReport } from "../doctor/check.ts";
import { CHECKS } from "../doctor/checks.ts";
import { createMarker } from "../doctor/marker.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { Failure } from "../failure.ts";
import { renderCheck, renderVerdict } from "../report/doctor-text.ts";
import { suggest } from "../report/suggest.ts";

export interface DoctorOptions {
  /** Ids of checks; what they build on is run too. */
  readonly only?: readonly string[];
  readonly timeout?: string;
  readonly json?: boolean;
}

/**
 * `sightline doctor`: sends a marked line, sample and span through every hop, waits to read each
 * back, and looks at what an alert needs to arrive. 0 if nothing is broken, 1 if something is, 8 if
 * no stack runs.
 */
export async function doctorCommand(context: Context, options: DoctorOptions): Promise<number> {
  const plan = planDoctor(options);
  const { io, paint } = context;
  const startedMillis = performance.now();
  io.err(
    `sending a line, a sample and a span through every hop; waiting up to ${formatDuration(plan.timeoutMillis)} for each\n`,
  );
  const examination = {
    context,
    marker: createMarker(Date.now()),
    timeoutMillis: plan.timeoutMillis,
  };
  const show = createOrderedReport(plan.checks, (report) =>
    io.out(`${renderCheck(report, paint)}\n`),
  );
  const reports = await runChecks(plan.checks, examination, options.json ? undefined : show);
  const elapsedMillis = performance.now() - startedMillis;
  if (options.json) {
    io.out(
      `${JSON.stringify({ checks: reports, elapsedMillis: Math.round(elapsedMillis) }, null, 2)}\n`,
    );
  } else {
    io.out(renderVerdict(reports, elapsedMillis, paint));
  }
  return exitCodeOf(reports);
}

function planDoctor(options: DoctorOptions): {
  readonly checks: readonly Check[];
  readonly timeoutMillis: number;
} {
  const faults: string[] = [];
  const ids = CHECKS.map(({ id }) => id);
  for (const id of options.only ?? []) {
    if (!ids.includes(id)) {
      faults.push(
        [`--only: there is no check "${id}"`, suggest(id, ids), `there are ${ids.join(", ")}`]
          .filter(Boolean)
          .join("; "),
      );
    }
  }
  const timeout = parseDuration(options.timeout ?? "20s");
  if (timeout.status === "invalid") faults.push(`--timeout: ${timeout.message}`);
  if (faults.length > 0) throw new Failure(faults.join("\n"), { exitCode: EXIT.usage });
  const wanted = withGrounds(new Set(options.only ?? ids));
  return {
    checks: CHECKS.filter(({ id }) => wanted.has(id)),
    timeoutMillis: timeout.status === "ok" ? timeout.millis : 0,
  };
}

function withGrounds(ids: ReadonlySet<string>): ReadonlySet<string> {
  const wanted = new Set(ids);
  // From the end: what a check builds on stands above it.
  for (const check of CHECKS.toReversed()) {
    if (wanted.has(check.id)) for (const id of check.after) wanted.add(id);
  }
  return wanted;
}

/** Reports come when they are ready and are shown in the order of the table, each as early as may be. */
function createOrderedReport(
  checks: readonly Check[],
  show: (report: CheckReport) => void,
): (report: CheckReport) => void {
  const waiting = new Map<string, CheckReport>();
  let next = 0;
  return (report) => {
    waiting.set(report.id, report);
    for (;;) {
      const ready = waiting.get(checks[next]?.id ?? "");
      if (!ready) return;
      show(ready);
      next += 1;
    }
  };
}

function exitCodeOf(reports: readonly CheckReport[]): number {
  const failed = reports.filter(({ status }) => status === "failed");
  if (failed.length === 0) return EXIT.ok;
  return failed.some(({ id }) => id === "servers" || id === "collector")
    ? EXIT.noAnswer
    : EXIT.failure;
}
