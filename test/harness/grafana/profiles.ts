/**
 * What differs between versions of Grafana, for what the CLI uses. A fact that was seen on the real
 * server says so; the others name their source. One column a version that a team may still run.
 */
export interface Profile {
  readonly version: string;
  /** PR #102067: two rules of one folder may have the same title. 12.0. */
  readonly hasUniqueTitles: boolean;
  /** Seen on 10.4.3 and 11.0.0: 10.4 takes a rule of a folder that is not there. */
  readonly checksRuleFolder: boolean;
  /** Seen on 10.4.3 and 11.0.0: errors without a public text became "Internal Server Error". */
  readonly hidesErrors: boolean;
  /**
   * Operator's workaround for < 11.6 (alertrulegroup_controller.go), seen on 10.4.3 and 11.0.0: rules
   * that are new, with a uid, in a group's PUT are answered with 500.
   */
  readonly createsRulesInGroup: boolean;
  /** RouteDeleteAlertRuleGroup, seen on 11.0.0. */
  readonly deletesGroups: boolean;
  /** Feature toggle nestedFolders, on since 11.0; seen on both. */
  readonly hasNestedFolders: boolean;
  /**
   * RemoveSecretsForContactPoint: up to 11.x each secret field of the type is `[REDACTED]` although it
   * was never set (seen on 10.4.3 and 11.0.0); later only those that are.
   */
  readonly redactsUnsetSecrets: boolean;
  /** provisioning/errors.go: 500 because the error had no status of its own (seen), later 409. */
  readonly contactInUseStatus: number;
  /** PR #95500 and store.ErrVersionLockedObjectNotFound: a lost race is 500, since 13 it is 409. */
  readonly configConflictStatus: number;
  /** RouteGetContactPoints with a name that nobody has: 10.4 panics (seen). */
  readonly panicsOnUnknownName: boolean;
  /** docs, "alert rule provisioning API": `keep_firing_for`, `missingSeriesEvalsToResolve`. 12.0. */
  readonly hasKeepFiring: boolean;
  /** `record` in rules: behind the toggle grafanaManagedRecordingRules until 12.0, without one and with a target since 12.1 (docs of both). */
  readonly hasRecordRules: boolean;
  /** PRs #88731 and #91195: mute timings and templates carry `version`, a wrong one is 409. 11.2. */
  readonly hasVersions: boolean;
  /** Field `active_time_intervals` of policies and rules. 12.1 (documentation of Terraform's provider). */
  readonly hasActiveTimings: boolean;
  /** GET templates of an organisation without any: `null` (seen on 10.4.3 and 11.0.0), later `[]`. */
  readonly emptyTemplates: "null" | "[]";
  /** The export doubles `$` in labels, which a file would expand: PR #97985, 11.4.1; not so on 10.4.3 and 11.0.0 (seen). */
  readonly doublesDollar: boolean;
  /** /apis/dashboard.grafana.app; docs "Migrate to the new APIs": 12.0 v1beta1, 13.0 v1. */
  readonly dashboardApi: "v1beta1" | "v1" | undefined;
  /** Upgrade guide of 13.0: the test of receivers moved below /apis/notifications.alerting.grafana.app. */
  readonly receiverTest: "alertmanager" | "apis";
  /** Answers of the legacy rule API carry `Warning: 299` (PR #123735). 13.0. */
  readonly warnsDeprecated: boolean;
  /** Upgrade guide of 12.0: failWrongDSUID. */
  readonly checksDatasourceUid: boolean;
  /** RouteGetAlertRules: 10.4 wants alert.provisioning:read, 11.0 answers with what one may see (seen). */
  readonly filtersRules: boolean;
}

const V10_4: Profile = {
  version: "10.4.3",
  hasUniqueTitles: true,
  checksRuleFolder: false,
  hidesErrors: false,
  createsRulesInGroup: false,
  deletesGroups: false,
  hasNestedFolders: false,
  redactsUnsetSecrets: true,
  contactInUseStatus: 500,
  configConflictStatus: 500,
  panicsOnUnknownName: true,
  hasKeepFiring: false,
  hasRecordRules: false,
  hasVersions: false,
  hasActiveTimings: false,
  emptyTemplates: "null",
  doublesDollar: false,
  dashboardApi: undefined,
  receiverTest: "alertmanager",
  warnsDeprecated: false,
  checksDatasourceUid: false,
  filtersRules: false,
};

const V11_0: Profile = {
  ...V10_4,
  version: "11.0.0",
  checksRuleFolder: true,
  hidesErrors: true,
  deletesGroups: true,
  hasNestedFolders: true,
  panicsOnUnknownName: false,
  filtersRules: true,
};

const V11_6: Profile = {
  ...V11_0,
  version: "11.6.0",
  createsRulesInGroup: true,
  doublesDollar: true,
  redactsUnsetSecrets: false,
  hasVersions: true,
  emptyTemplates: "[]",
};

const V12_0: Profile = {
  ...V11_6,
  version: "12.0.0",
  hasUniqueTitles: false,
  hasKeepFiring: true,
  dashboardApi: "v1beta1",
  checksDatasourceUid: true,
};

const V12_1: Profile = {
  ...V12_0,
  version: "12.1.0",
  hasActiveTimings: true,
  hasRecordRules: true,
};

const V12_4: Profile = { ...V12_1, version: "12.4.0" };

const V13_0: Profile = {
  ...V12_4,
  version: "13.0.0",
  contactInUseStatus: 409,
  configConflictStatus: 409,
  dashboardApi: "v1",
  receiverTest: "apis",
  warnsDeprecated: true,
};

const V13_2: Profile = { ...V13_0, version: "13.2.0" };

export const PROFILES: readonly Profile[] = [
  V10_4,
  V11_0,
  V11_6,
  V12_0,
  V12_1,
  V12_4,
  V13_0,
  V13_2,
];

/** The profile of a version: the newest that is not newer than it. `12.1` is as `12.0.0`. */
export function profileOf(version: string): Profile {
  const profile = PROFILES.findLast((known) => compareVersions(known.version, version) <= 0);
  if (!profile) throw new Error(`no profile for Grafana ${version}`);
  return { ...profile, version };
}

export function compareVersions(left: string, right: string): number {
  const numbers = (text: string): number[] =>
    text.split(/[.\-+]/).map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < 2; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
