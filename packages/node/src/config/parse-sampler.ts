import type { SamplerConfig } from "./node-config.ts";

export type ParsedSampler =
  | { readonly status: "sampler"; readonly sampler: SamplerConfig }
  | { readonly status: "fault"; readonly message: string };

/** Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
const SAMPLERS: Readonly<Record<string, Omit<SamplerConfig, "ratio">>> = {
  always_on: { kind: "always_on", isParentBased: false },
  always_off: { kind: "always_off", isParentBased: false },
  traceidratio: { kind: "ratio", isParentBased: false },
  parentbased_always_on: { kind: "always_on", isParentBased: true },
  parentbased_always_off: { kind: "always_off", isParentBased: true },
  parentbased_traceidratio: { kind: "ratio", isParentBased: true },
};

/** Parses `OTEL_TRACES_SAMPLER` and its argument, which is 1 when left out. */
export function parseSampler(name: string, argument: string | undefined): ParsedSampler {
  const sampler = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name] : undefined;
  if (sampler === undefined) {
    const known = Object.keys(SAMPLERS).join(", ");
    return {
      status: "fault",
      message: `OTEL_TRACES_SAMPLER: expected one of ${known}, got "${name.slice(0, 80)}"; the default is used`,
    };
  }
  const ratio = argument ? Number(argument) : 1;
  if (sampler.kind === "ratio" && !(ratio >= 0 && ratio <= 1)) {
    return {
      status: "fault",
      message: `OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, got "${argument?.slice(0, 80)}"; the default is used`,
    };
  }
  return {
    status: "sampler",
    sampler: { ...sampler, ratio: sampler.kind === "ratio" ? ratio : 1 },
  };
}
