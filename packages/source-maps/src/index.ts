export type {
  FrameResolution,
  RawFrame,
  StackResolver,
  StackResolverOptions,
  UnresolvedReason,
} from "./resolve/stack-resolver.ts";
