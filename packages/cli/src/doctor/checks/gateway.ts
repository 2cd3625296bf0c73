import { isHealthy } from "../../stack/http.ts";
import { programHealthUrl, readProgramNotes } from "../../stack/node-program.ts";
import { gatewayProgram } from "../../stack/programs/gateway.ts";
import type { Check } from "../check.ts";

export const gatewayCheck: Check = {
  id: "gateway",
  title: "the gateway takes what browsers send",
  after: ["servers"],
  run: async ({ context }) => {
    if (!(await isHealthy(programHealthUrl(context, gatewayProgram)))) {
      return {
        status: "warning",
        reason: "no gateway answers, so nothing of any page in a browser comes",
        fix: `${context.self} up   starts it; or leave it where no pages send`,
      };
    }
    const notes = await readProgramNotes(context, gatewayProgram);
    if (notes.length === 0) return { status: "ok", detail: "" };
    return {
      status: "warning",
      reason: notes.join("; "),
      fix: `${context.self} status   says more`,
    };
  },
};
