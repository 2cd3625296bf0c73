export { BUILD_FAULTS, type BuildFault, type BuildFaultKind } from "./build/build-faults.ts";
export { type BuildReport, type BuiltFile, hasErrors } from "./build/build-report.ts";
export type { BuildInput } from "./build/plan-build.ts";
export { processBuild } from "./build/process-build.ts";
export { describeFault, describeFaults, describeReport } from "./build/report-text.ts";
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
export { defaultMapsFolder } from "./store/default-maps-folder.ts";
export { isServiceName } from "./store/map-path.ts";
export type { Retention } from "./store/map-store.ts";
