export { parseDebugId } from "./debug-id.ts";
export type { FrameResolution, RawFrame } from "./resolve/frame.ts";
export { type MapFolder, type MapFolderOptions, openMapFolder } from "./resolve/map-folder.ts";
export {
  createStackResolver,
  type StackResolver,
  type StackResolverOptions,
} from "./resolve/stack-resolver.ts";
export {
  isUnresolvedReason,
  UNRESOLVED_REASONS,
  type UnresolvedReason,
} from "./resolve/unresolved-reasons.ts";
