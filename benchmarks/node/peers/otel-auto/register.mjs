import { register } from "node:module";

/**
 * As its README has it for ES modules: the loader hook and `register`. The hook is registered from
 * here, because Node deprecates the flag `--experimental-loader` that the README names.
 */
register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
await import("@opentelemetry/auto-instrumentations-node/register");
