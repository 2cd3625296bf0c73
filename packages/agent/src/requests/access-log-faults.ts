import { ACCESS_LOG_FORMATS, type AccessLogConfig } from "@sightline/core";
import { findTemplateFault } from "./route-templates.ts";
import { findPatternFaults } from "./user-pattern.ts";

/** All that is wrong with the section `accessLogs`, one sentence each; empty if nothing is. */
export function findAccessLogFaults(config: AccessLogConfig): string[] {
  const { formats, split, routes, maxRoutes } = config;
  return [
    ...formats.flatMap((format) => [
      ...(ACCESS_LOG_FORMATS.includes(format.format)
        ? []
        : [
            `accessLogs.formats for the service "${format.service}": the format "${format.format}" is not known; expected one of ${ACCESS_LOG_FORMATS.join(", ")}`,
          ]),
      ...findPatternFaults(format),
    ]),
    ...split
      .filter(({ host, path }) => host === undefined && path === undefined)
      .map(
        ({ service }) =>
          `accessLogs.split to the service "${service}": there is neither a host nor a path; add "host" or "path", or every request would be its`,
      ),
    ...split
      .filter(({ path }) => path !== undefined && !path.startsWith("/"))
      .map(
        ({ service, path }) =>
          `accessLogs.split to the service "${service}": the path "${path}" does not begin with "/"; write "/${path}"`,
      ),
    ...Object.entries(routes).flatMap(([service, own]) =>
      own.flatMap((route) => {
        const fault = findTemplateFault(route);
        return fault === undefined
          ? []
          : [`accessLogs.routes of the service "${service}": ${fault}`];
      }),
    ),
    ...(Number.isInteger(maxRoutes) && maxRoutes >= 1
      ? []
      : [`accessLogs.maxRoutes: got "${maxRoutes}"; expected a whole number from 1 on, as in 200`]),
  ];
}
