/** Labels of everything that an SLO records and alerts on. */
export const SLO_LABEL = {
  /** Its id, made from its name. */
  slo: "slo",
  /** Its name, for people. */
  name: "slo_name",
  /** The long window of an alert. */
  window: "slo_window",
} as const;
