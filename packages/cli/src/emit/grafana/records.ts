import type { Model, RecordRule } from "../../compile/model.ts";
import type { Resource } from "../../plan/resource.ts";
import { folderTitles, folderUid, type GrafanaTarget } from "./folders.ts";
import { sortKeys } from "./labels.ts";
import { REF_ID } from "./ref-ids.ts";
import { queryStep } from "./rule-data.ts";
import { groupName } from "./rules.ts";

/**
 * A recording rule of Grafana's own; it writes to the Prometheus of the target. Loki's results, too,
 * land there, since Loki takes no samples.
 */
export function emitRecord(record: RecordRule, model: Model, target: GrafanaTarget): Resource {
  return {
    kind: "record",
    id: record.id,
    title: record.metric,
    body: {
      title: record.metric,
      folderUID: folderUid(folderTitles(target.folder)),
      ruleGroup: groupName(model.project, record.everyMillis),
      interval: record.everyMillis / 1000,
      data: [queryStep(REF_ID.value, record.query, record.source, target.datasources)],
      labels: sortKeys(record.labels),
      record: {
        metric: record.metric,
        from: REF_ID.value,
        target_datasource_uid: target.datasources.prometheus,
      },
      isPaused: false,
    },
    owner: "ours",
    place: record.place,
  };
}
