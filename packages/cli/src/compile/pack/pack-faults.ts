import { closestName, PROMETHEUS_LABEL } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import type { CompileInput } from "../compile-spec.ts";
import { PACK } from "./pack.ts";
import { readAmount } from "./read-amount.ts";

/** What is wrong in `default_alerts`. */
export function packFaults({ document }: CompileInput): Fault[] {
  const { enabled, off = [], change = {} } = document.spec.default_alerts;
  return [
    ...off.flatMap((id, index) => unknownFault(id, ["default_alerts", "off", index])),
    ...Object.keys(change).flatMap((id) => unknownFault(id, ["default_alerts", "change", id])),
    ...Object.entries(change).flatMap(([id, { amount }]) => amountFault(id, amount)),
    ...Object.entries(change).flatMap(([id, { except }]) => exceptFault(id, except)),
    ...document.spec.alerts.flatMap(({ name }, index) => sameNameFault(name, index)),
  ];

  function unknownFault(id: string, path: (string | number)[]): Fault[] {
    const ids = PACK.map((row) => row.id);
    if (ids.includes(id)) return [];
    const close = closestName(id, ids);
    return [
      {
        check: "unknown-default-alert",
        severity: "error",
        message: `"${id}" is no default alert`,
        advice: close === undefined ? `there are: ${ids.join(", ")}` : `did you mean "${close}"?`,
        place: document.placeOf(path),
      },
    ];
  }

  function sameNameFault(name: string, index: number): Fault[] {
    const row = PACK.find((each) => each.name === name);
    const isOff = enabled === false || off.includes(row?.id ?? "");
    if (row === undefined || isOff) return [];
    return [
      {
        check: "duplicate-name",
        severity: "warning",
        message: `a default alert is called "${name}", too: silences and routes by that name take both`,
        advice: `call yours something else, or switch that one off: default_alerts: {off: [${row.id}]}`,
        place: document.placeOf(["alerts", index, "name"]),
      },
    ];
  }

  function exceptFault(id: string, except: readonly string[] | undefined): Fault[] {
    const row = PACK.find((each) => each.id === id);
    if (row === undefined || except === undefined) return [];
    if (row.by.includes(PROMETHEUS_LABEL.serviceName)) return [];
    return [
      {
        check: "default-alert-except",
        severity: "error",
        message: `"${id}" is about no service, so that none can be left out`,
        advice: "leave except out",
        place: document.placeOf(["default_alerts", "change", id, "except"]),
      },
    ];
  }

  function amountFault(id: string, amount: string | undefined): Fault[] {
    const row = PACK.find((each) => each.id === id);
    if (row === undefined || amount === undefined) return [];
    const place = document.placeOf(["default_alerts", "change", id, "amount"]);
    if (row.unit === undefined) {
      return [
        {
          check: "default-alert-amount",
          severity: "error",
          message: `"${id}" has no amount that could be changed, got "${amount}"`,
          advice: "leave amount out; for, severity and tell can be changed",
          place,
        },
      ];
    }
    const result = readAmount(amount, row.unit);
    if (result.status === "ok") return [];
    return [
      {
        check: "default-alert-amount",
        severity: "error",
        message: `amount of "${id}" is "${amount}", expected ${result.expected}`,
        advice: `without it the amount is ${row.amount}`,
        place,
      },
    ];
  }
}
