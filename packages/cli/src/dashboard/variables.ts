import type { QueryVariable, TextVariable } from "./dashboard-json.ts";
import { PROMETHEUS_SOURCE } from "./targets.ts";

/** The values that a label has in the series of the selector. */
export function labelVariable(
  name: string,
  label: string,
  promLabel: string,
  selector: string,
  description = "",
): QueryVariable {
  const query = `label_values({${selector}}, ${promLabel})`;
  return {
    type: "query",
    name,
    label,
    description,
    datasource: PROMETHEUS_SOURCE,
    definition: query,
    query: { query, refId: `${name}-values` },
    // On every change of the time range: services of last week are there, too.
    refresh: 2,
    sort: 1,
    multi: false,
    includeAll: false,
    current: {},
    hide: 0,
  };
}

/** Any number of the values may be chosen; at first all, also where there is none yet. */
export function withAll(variable: QueryVariable): QueryVariable {
  return {
    ...variable,
    includeAll: true,
    multi: true,
    allValue: ".*",
    current: { selected: true, text: ["All"], value: ["$__all"] },
  };
}

export function textVariable(name: string, label: string, description: string): TextVariable {
  return {
    type: "textbox",
    name,
    label,
    description,
    query: "",
    current: { selected: true, text: "", value: "" },
    options: [{ selected: true, text: "", value: "" }],
    hide: 0,
  };
}
