import type { Model } from "../../compile/model.ts";
import type { Json, Resource } from "../../plan/resource.ts";
import type { Artefact } from "../artefact.ts";

/** In the layout of provisioning/. */
export const GATEWAY_FILE = "gateway/gateway.json";
export const GATEWAY_ID = "gateway";

/** The settings of the gateway as one object: it takes the file whole. */
export function gatewayResource(settings: Model["gateway"]): Resource {
  // Without what is undefined, as the file has it.
  const body = JSON.parse(JSON.stringify(settings)) as Resource["body"];
  return { kind: "setting", id: GATEWAY_ID, title: "gateway and apps", body, owner: "ours" };
}

export function gatewayFiles(resources: readonly Resource[]): readonly Artefact[] {
  return resources
    .filter(({ kind, id }) => kind === "setting" && id === GATEWAY_ID)
    .map(({ body }) => ({ path: GATEWAY_FILE, text: `${JSON.stringify(body, null, 2)}\n` }));
}

/** The file as that object; a text that is no object is none of ours. */
export function readGatewayFile(
  text: string,
):
  | { readonly status: "ok"; readonly resources: readonly Resource[] }
  | { readonly status: "invalid"; readonly reason: string } {
  try {
    const body = JSON.parse(text) as Json;
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      return { status: "invalid", reason: "expected an object, { … }" };
    }
    return { status: "ok", resources: [gatewayResource(body as unknown as Model["gateway"])] };
  } catch (error) {
    return { status: "invalid", reason: (error as Error).message };
  }
}
