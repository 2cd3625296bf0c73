/** Why a frame stays as it came, each with a sentence for people. A closed list. */
export const UNRESOLVED_REASONS = {
  no_debug_id:
    "The file of this frame has no debug id: it was not built with source maps, or is not part of the build.",
  bad_debug_id: "The debug id of this frame is not a UUID.",
  no_map:
    "No source map with this debug id is stored for this app. It resolves as soon as the map is copied there.",
  map_too_large:
    "The source map is larger than 64 MiB, or needs more memory than its readers have.",
  bad_map: "The stored file is no source map of version 3.",
  no_position: "The browser gave no line and column for this frame.",
  not_mapped:
    "The source map has nothing for this place: code that the bundler added, or a column outside the file.",
  timed_out: "Reading the source map took too long.",
  out_of_memory: "Reading the source map took too much memory.",
  too_many_stacks:
    "The page sent more different stacks at once than are resolved as they come. It resolves when it is viewed.",
  resolver_failed: "The thread that reads source maps could not be started.",
} as const;

export type UnresolvedReason = keyof typeof UNRESOLVED_REASONS;

export function isUnresolvedReason(text: string): text is UnresolvedReason {
  return Object.hasOwn(UNRESOLVED_REASONS, text);
}
