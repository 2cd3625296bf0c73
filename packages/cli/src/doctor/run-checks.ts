import type { Check, CheckReport, CheckResult, Examination } from "./check.ts";

/**
 * Runs every check as soon as those that it builds on are done, side by side. One whose ground is
 * broken is left out: the first broken hop is the finding, what follows from it is noise.
 */
export async function runChecks(
  checks: readonly Check[],
  examination: Examination,
  onReport: (report: CheckReport) => void = () => {},
): Promise<readonly CheckReport[]> {
  const running = new Map<string, Promise<CheckReport>>();
  for (const check of checks) {
    const grounds = check.after.flatMap((id) => running.get(id) ?? []);
    const report = runCheck(check, grounds, examination);
    running.set(check.id, report);
    void report.then(onReport);
  }
  return await Promise.all(running.values());
}

async function runCheck(
  check: Check,
  grounds: readonly Promise<CheckReport>[],
  examination: Examination,
): Promise<CheckReport> {
  const broken = (await Promise.all(grounds)).find(
    ({ status }) => status === "failed" || status === "skipped",
  );
  const startedMillis = performance.now();
  const result: CheckResult = broken
    ? { status: "skipped", reason: `not looked at: "${broken.id}" comes first` }
    : await check.run(examination);
  return {
    id: check.id,
    title: check.title,
    elapsedMillis: performance.now() - startedMillis,
    ...result,
  };
}
