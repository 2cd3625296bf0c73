import { describe, expect, it } from "vitest";
import { compileSlos } from "../../src/compile/slos/compile-slos.ts";
import { renderSlo } from "../../src/report/slo-text.ts";
import { inputOf } from "../compile/compile-text.ts";

describe("The table of an SLO", () => {
  it("says above what, from how many events on, and how fast each alert fires, and whom it tells", () => {
    const yaml =
      'slos: [{name: Checkout, service: api, target: "99.9%", availability: true, tell: ops, ticket: [a, b]}]';
    const [slo] = compileSlos(inputOf(yaml)).slos;
    if (slo === undefined) throw new Error("no SLO");
    expect(renderSlo(slo)).toBe(`SLO Checkout: 99.9% of requests over 30 days
  window      burns  above   from           total outage  fires by  severity  tells
  1h and 5m   14.4x  0.0144  70 requests    2m 56s        5m 56s    critical  ops
  6h and 30m  6x     0.006   167 requests   4m 39s        7m 39s    critical  ops
  1d and 2h   3x     0.003   334 requests   6m 49s        17m 49s   warning   a, b
  3d and 6h   1x     0.001   1001 requests  6m 49s        17m 49s   warning   a, b
`);
  });
});
