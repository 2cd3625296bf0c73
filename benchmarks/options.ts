import { parseArgs } from "node:util";

export interface Options<Part extends string> {
  /** Parts to run, in the order of the table. */
  readonly parts: readonly Part[];
  readonly isQuick: boolean;
  readonly isJson: boolean;
  readonly writesDocs: boolean;
}

export type OptionsResult<Part extends string> =
  | { readonly status: "ok"; readonly options: Options<Part> }
  | { readonly status: "help" }
  | { readonly status: "wrong"; readonly reason: string };

export interface PartFacts {
  readonly about: string;
  /** Takes so long that `--quick` leaves it out unless it is named. */
  readonly isLong?: boolean;
}

/** Without `--part` every part runs; `--<part>` of a long one is short for `--part <part>`. */
export function parseOptions<Part extends string>(
  args: readonly string[],
  parts: Readonly<Record<Part, PartFacts>>,
): OptionsResult<Part> {
  const names = Object.keys(parts) as Part[];
  const long = names.filter((name) => parts[name].isLong);
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: flag,
        json: flag,
        write: flag,
        help: flag,
        part: { type: "string", multiple: true, default: [] as string[] },
        ...Object.fromEntries(long.map((name) => [name, flag])),
      },
    });
    if (values.help) return { status: "help" };
    const asked = [
      ...(values.part as string[]),
      ...long.filter((name) => (values as Record<string, unknown>)[name] === true),
    ];
    const unknown = asked.filter((name) => !names.includes(name as Part));
    if (unknown.length > 0) {
      return {
        status: "wrong",
        reason: `no part "${unknown.join('", "')}"; expected one of: ${names.join(", ")}`,
      };
    }
    const isQuick = values.quick === true;
    const usual = names.filter((name) => !(isQuick && parts[name].isLong));
    return {
      status: "ok",
      options: {
        parts: asked.length > 0 ? names.filter((name) => asked.includes(name)) : usual,
        isQuick,
        isJson: values.json === true,
        writesDocs: values.write === true,
      },
    };
  } catch (error) {
    return { status: "wrong", reason: (error as Error).message };
  }
}
