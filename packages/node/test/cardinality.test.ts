import { expect, it } from "vitest";
import { useReceiverBed } from "./support/receiver-bed.ts";
import { runApp } from "./support/run-app.ts";

const bed = useReceiverBed();

it("bounds what the host and prom-client measure, keeps their sums, and names the culprit once", async () => {
  const app = runApp("many-labels.mjs", {
    endpoint: bed.receiver.endpoint,
    dataDirectory: bed.data.path,
  });
  expect((await app.ended).code).toBe(0);
  const { receiver } = bed;
  const other = (metric: string, label: string) => receiver.point(metric, { [label]: "_other" });

  expect(other("orders", "customer")).toMatchObject({
    value: 9_995,
    attributes: { kind: "web", customer: "_other" },
  });
  expect(other("jobs_total", "queue") ?? other("jobs", "queue")).toMatchObject({ value: 190 });
  expect(
    receiver.point("sightline.cardinality.overflows", { metric: "orders", attribute: "customer" }),
  ).toMatchObject({ value: 9_995 });

  const linesOf = (name: string) => receiver.logs.filter((log) => log.body.includes(name));
  expect(linesOf('attribute "queue"')).toHaveLength(1);
  expect(linesOf('attribute "customer"')).toHaveLength(1);
  const [line] = linesOf('attribute "customer"');
  expect(line?.body).toContain(
    'metric "orders", attribute "customer": more than 5 distinct values',
  );
  expect(line?.body).not.toContain("@example.org");
});
