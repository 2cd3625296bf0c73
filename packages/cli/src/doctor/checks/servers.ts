import { readStackStatus } from "../../stack/status.ts";
import type { Check } from "../check.ts";

export const serversCheck: Check = {
  id: "servers",
  title: "every server answers",
  after: [],
  run: async ({ context }) => {
    const { mode, servers, problems } = await readStackStatus(context);
    if (mode === "none") {
      return {
        status: "failed",
        reason: problems.join("; "),
        fix: `${context.self} up   starts the stack`,
      };
    }
    const unwell = servers.filter(({ status }) => status !== "healthy");
    if (unwell.length === 0) {
      return { status: "ok", detail: `${servers.length} of ${servers.length} (${mode})` };
    }
    return {
      status: "failed",
      reason: unwell.map(({ name, status }) => `${name} is ${status}`).join(", "),
      fix: `${context.self} status   shows what each of them last said`,
    };
  },
};
