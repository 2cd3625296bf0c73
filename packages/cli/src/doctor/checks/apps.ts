import type { Check } from "../check.ts";
import { readGatewayApps } from "../gateway-apps.ts";

export const appsCheck: Check = {
  id: "apps",
  title: "pages of each app may send",
  after: [],
  run: async ({ context }) => {
    const read = readGatewayApps(context);
    if (read.status === "unreadable") {
      return {
        status: "warning",
        reason: `"${read.path}" cannot be read: ${read.reason}`,
        fix: `${context.self} up   writes it`,
      };
    }
    const closed = read.apps.filter(({ origins, enabled }) => !enabled || origins.length === 0);
    if (closed.length > 0) {
      const which = closed.map(({ serviceName, enabled }) =>
        enabled ? `"${serviceName}" has no origins` : `"${serviceName}" is switched off`,
      );
      return {
        status: "warning",
        reason: `${which.join(", ")}: nothing of its pages is kept`,
        fix: `apps in sightline.yaml, then ${context.self} apply`,
      };
    }
    const names = read.apps.map(({ serviceName }) => serviceName);
    return { status: "ok", detail: names.length === 0 ? "there is none yet" : names.join(", ") };
  },
};
