import { describe, expect, it } from "vitest";
import { alertmanagerHash } from "../../../src/live/stack/alertmanager-hash.ts";
import { findComplaint } from "../../../src/live/stack/reload.ts";
import { parseMetric } from "../../../src/live/stack/server-metrics.ts";

describe("a metric of a server", () => {
  const text = `# HELP syncs_total Times.
# TYPE syncs_total counter
syncs_total{reason="initial"} 1
syncs_total{reason="a } b"} 2
syncs_total_other 40
loaded_seconds 1.795448028186717e+09
`;
  it.each([
    { name: "syncs_total", value: 3 },
    { name: "loaded_seconds", value: 1_795_448_028.186_717 },
    { name: "nowhere", value: undefined },
  ])("$name is $value", ({ name, value }) => {
    expect(parseMetric(text, name)).toBe(value);
  });
});

describe("the hash of a configuration", () => {
  it("is what Alertmanager 0.31.1 gave for the same text", () => {
    // alertmanager_config_hash of a server that was started with this file.
    expect(alertmanagerHash("route: {receiver: a}\nreceivers: [{name: a}]\n")).toBe(
      184_816_797_860_636,
    );
  });
});

describe("what a server says against its files", () => {
  it("is read from Loki's line about the rules", () => {
    const line = String.raw`level=error ts=2026-11-23T15:36:03Z caller=ruler.go:579 msg="unable to list rules" err="failed to list rule groups: /r/a.yaml: annotation \"summary\": unclosed action"`;
    expect(findComplaint("loki", ["level=info msg=x err=y", line])).toBe(
      'failed to list rule groups: /r/a.yaml: annotation "summary": unclosed action',
    );
  });

  it("is the line of Prometheus that names the place, and not the one after it", () => {
    const lines = [
      'time=2026-11-23T15:36:03Z level=ERROR source=manager.go:230 msg="loading groups failed" component="rule manager" err="/r/a.yaml: 8:15: parse error"',
      'time=2026-11-23T15:36:03Z level=ERROR source=main.go:1 msg="Error reloading config" err="one or more errors occurred"',
    ];
    expect(findComplaint("prometheus", lines)).toBe("/r/a.yaml: 8:15: parse error");
  });

  it("is nothing where it only speaks of other things", () => {
    expect(findComplaint("prometheus", ['level=WARN msg="Error on ingesting" err="x"'])).toBe(
      undefined,
    );
  });
});
