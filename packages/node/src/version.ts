/**
 * Written out, because a bundle has no package.json to read; a test compares the two, so that a
 * release cannot ship another number.
 */
export const SDK_VERSION = "0.1.0";

/** Instrumentation scope of every signal made here. */
export const SCOPE_NAME = "@sightline/node";
