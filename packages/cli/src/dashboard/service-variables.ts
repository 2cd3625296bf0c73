import { PROMETHEUS_LABEL, STACK_SERVICE_NAME } from "@sightline/core";
import type { Variable } from "./dashboard-json.ts";
import { VARIABLE } from "./service-queries.ts";
import { labelVariable, withAll } from "./variables.ts";

/**
 * Environment, service and process, each narrowed by the one before.
 *
 * @param metrics of which a service has to have one, to be offered.
 */
export function serviceVariables(metrics: readonly string[]): Variable[] {
  const { deploymentEnvironmentName, serviceName, serviceInstanceId } = PROMETHEUS_LABEL;
  const anyService = `__name__=~"${metrics.join("|")}", ${serviceName}!="${STACK_SERVICE_NAME}"`;
  const inEnvironment = `${deploymentEnvironmentName}="$${VARIABLE.environment}"`;
  const ofService = `${inEnvironment}, ${serviceName}="$${VARIABLE.service}"`;
  return [
    labelVariable(VARIABLE.environment, "Environment", deploymentEnvironmentName, anyService),
    labelVariable(VARIABLE.service, "Service", serviceName, `${anyService}, ${inEnvironment}`),
    withAll(
      labelVariable(
        VARIABLE.instance,
        "Process",
        serviceInstanceId,
        `${anyService}, ${ofService}`,
        "One running process of the service, by its instance id.",
      ),
    ),
  ];
}
