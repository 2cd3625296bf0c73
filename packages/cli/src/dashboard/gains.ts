/**
 * What a counter gained in the window, exactly. `increase()` sees nothing of a series that starts
 * above 0, as a counter of losses does. Holds for counters that end with their process, because
 * every process is a series of its own.
 */
export function gainOf(counter: string, window: string): string {
  const end = `last_over_time(${counter}[${window}])`;
  return `${end} - (${counter} offset ${window} or 0 * ${end})`;
}

/**
 * The same for counters that the agent counts anew after its restart, in the same series. Exact, but
 * for a window with such a restart in it: there `increase()` has to do. Over a long window it is
 * right to about one part in the number of samples; over a short one it may miss an event.
 */
export function eventsOf(counter: string, window: string): string {
  const resets = `resets(${counter}[${window}]) > 0`;
  const increase = `round(increase(${counter}[${window}]))`;
  return `((${gainOf(counter, window)}) >= 0 unless ${resets} or ${increase})`;
}

/** Longer than an agent or its collector is usually away. */
const LOOK_BACK = "1d";

/**
 * The same for totals that go on where they were after a restart of the agent. They may be a little
 * lower then, which is no restart from 0, as Prometheus' own functions would take it for; and after
 * a pause they must not count as new.
 */
export function keptGainOf(counter: string, window: string): string {
  const end = `last_over_time(${counter}[${window}])`;
  const before = `last_over_time(${counter}[${LOOK_BACK}] offset ${window})`;
  return `clamp_min(${end} - (${before} or 0 * ${end}), 0)`;
}
