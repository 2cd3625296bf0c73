import { addRegistry, isRegistry } from "./registry.ts";

/**
 * Sends the metrics of a registry of `prom-client` along, each under its own name. For registries
 * other than the default one, which is found by itself, and for a `prom-client` inside a bundle.
 * May be called before or after `start()`; the same registry twice is sent once. Up to 32
 * registries, for the life of the process.
 *
 * @returns the same registry, so that it can stand around `new Registry()`.
 * @throws TypeError when it is no registry of prom-client 11 or newer; Error for the 33rd one.
 */
export function exportRegistry<Registry extends object>(registry: Registry): Registry {
  if (!isRegistry(registry)) {
    throw new TypeError(
      "exportRegistry: expected a Registry of prom-client 11 or newer, such as its `register`, got something else",
    );
  }
  if (!addRegistry(registry)) {
    throw new Error(
      "exportRegistry: 32 registries are exported already, which is the most; make registries once and not per request",
    );
  }
  return registry;
}
