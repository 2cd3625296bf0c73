/** Node's own reports of a heap that is full and of other fatal errors. */
export interface FatalReports {
  readonly isArmed: boolean;
  disarm(): void;
}

const NOT_ARMED: FatalReports = { isArmed: false, disarm: () => undefined };

type Settings = Pick<NodeJS.ProcessReport, "directory" | "compact"> & {
  excludeEnv?: boolean;
  excludeNetwork?: boolean;
};
type Report = NodeJS.ProcessReport & Settings;

/**
 * Asks Node to leave a report in `directory` when it aborts, which is the only sign that a full heap
 * gives. It costs nothing before that. Where the host has report settings of its own, they stay as
 * they are; reports that the host asks for itself are written as if we were not there.
 */
export function armFatalReports(directory: string): FatalReports {
  const report = process.report as Report | undefined;
  if (report === undefined || hasHostSettings(report)) return NOT_ARMED;
  const before = readSettings(report);
  const ours: Settings = { directory, compact: true, excludeEnv: true, excludeNetwork: true };
  const { writeReport, getReport } = report;

  /** Both are synchronous, so nothing can see the settings change. */
  function asHost<T>(work: () => T): T {
    if (report?.directory !== directory) return work();
    Object.assign(report, before);
    try {
      return work();
    } finally {
      Object.assign(report, ours);
    }
  }

  Object.assign(report, ours, { reportOnFatalError: true });
  report.writeReport = (...args: unknown[]) =>
    asHost(() => Reflect.apply(writeReport, report, args) as string);
  report.getReport = () => asHost(() => getReport.call(report));
  return {
    isArmed: true,
    disarm() {
      Object.assign(report, { writeReport, getReport });
      // Set by the host in the meantime: then it is the host's.
      if (report.directory !== directory) return;
      Object.assign(report, before, { reportOnFatalError: false });
    },
  };
}

function hasHostSettings(report: Report): boolean {
  return (
    report.directory !== "" ||
    report.filename !== "" ||
    report.reportOnFatalError ||
    report.reportOnSignal ||
    report.reportOnUncaughtException
  );
}

function readSettings({ directory, compact, excludeEnv, excludeNetwork }: Report): Settings {
  return {
    directory,
    compact,
    ...(excludeEnv !== undefined && { excludeEnv }),
    ...(excludeNetwork !== undefined && { excludeNetwork }),
  };
}
