import { closestName } from "@sightline/core";
import type { Fault } from "../../fault.ts";
import type { SpecDocument } from "../../spec/read-spec.ts";
import type { ProbeSpec } from "../../spec/schema/probes.ts";
import { ruleId } from "../alerts/rule-ids.ts";
import type { Probe } from "../model.ts";
import { KNOWN_MODULES, PROBE_MODULES } from "./modules.ts";

const MAX_PORT = 65_535;

/** A probe, or what is wrong with it. A module that is not ours may be in a blackbox.yml of the user's. */
export function readProbe(
  spec: ProbeSpec,
  index: number,
  document: SpecDocument,
): { readonly probe: Probe | undefined; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const add = (
    key: string,
    check: string,
    severity: Fault["severity"],
    message: string,
    advice: string,
  ): void => {
    faults.push({
      check,
      severity,
      message,
      advice,
      place: document.placeOf(["probes", index, key]),
    });
  };
  const [key, target] = askedOf(spec);
  // The schema has said so already.
  if (key === undefined || target === undefined) return { probe: undefined, faults };

  if (key === "url" && !/^https?:\/\//i.test(target)) {
    add(
      "url",
      "probe-target",
      "error",
      `probe "${spec.name}": "${target.split(":")[0]}:" is not http or https`,
      "for anything else use tcp or tls with host:port",
    );
  }
  if (key === "url" && /^https?:\/\/[^/?#]*@/i.test(target)) {
    add(
      "url",
      "probe-target",
      "error",
      `probe "${spec.name}": the address holds a user name or password, which would stand in metrics and messages`,
      "ask a page that needs no login, or use a module of your own in blackbox.yml",
    );
  }
  if (key !== "url" && Number(target.split(":").at(-1)) > MAX_PORT) {
    add(
      key,
      "probe-target",
      "error",
      `probe "${spec.name}": "${target}" has no such port`,
      "ports go up to 65535",
    );
  }
  const module = spec.module ?? PROBE_MODULES[key];
  if (!KNOWN_MODULES.includes(module)) {
    const close = closestName(module, KNOWN_MODULES);
    add(
      "module",
      "probe-module",
      "warning",
      `probe "${spec.name}": the module "${module}" is none of ours`,
      close === undefined
        ? `it must be in your blackbox.yml; ours: ${KNOWN_MODULES.join(", ")}`
        : `did you mean "${close}"? One of your own must be in your blackbox.yml`,
    );
  }
  if (faults.some(({ severity }) => severity === "error")) return { probe: undefined, faults };
  const probe: Probe = {
    id: ruleId(`probe ${spec.name}`),
    name: spec.name,
    module,
    target,
    place: document.placeOf(["probes", index]),
  };
  return { probe, faults };
}

function askedOf(spec: ProbeSpec): [keyof typeof PROBE_MODULES, string] | [undefined, undefined] {
  for (const key of ["url", "tcp", "tls"] as const) {
    const target = spec[key];
    if (target !== undefined) return [key, target];
  }
  return [undefined, undefined];
}
