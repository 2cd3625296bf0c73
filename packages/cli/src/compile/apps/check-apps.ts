import type { Fault } from "../../fault.ts";
import { keysOfApp } from "../../spec/app-keys.ts";
import type { CompileInput } from "../compile-spec.ts";
import { createFaultSink } from "../routes/fault-sink.ts";

/** A key says whose lines they are, so it is of one app alone. */
export function checkApps(input: CompileInput): readonly Fault[] {
  const { spec, placeOf } = input.document;
  const sink = createFaultSink(input);
  const owners = new Map<string, { readonly name: string; readonly line: number }>();
  spec.apps.forEach((app, index) => {
    for (const { key, path } of keysOfApp(app)) {
      const place = ["apps", index, ...path];
      const owner = owners.get(key);
      if (owner === undefined) {
        owners.set(key, { name: app.name, line: placeOf(place).line });
        continue;
      }
      const whose = owner.name === app.name ? "it has" : `"${owner.name}" has`;
      sink.error(
        "duplicate-key",
        `${whose} the key ${JSON.stringify(key)} already, in line ${owner.line}`,
        place,
        "give each app a key of its own",
      );
    }
  });
  return sink.faults;
}
