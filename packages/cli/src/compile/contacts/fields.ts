import { z } from "zod";
import { parseReference, secretSchema } from "../../spec/reference.ts";
import type { Field, Slot } from "./integration.ts";

/** Fields as the rows of integrations write them; each is checked the same way everywhere. */
interface Places {
  readonly alertmanager?: string | Slot;
  readonly grafana?: string | Slot;
  readonly isRequired?: true;
}

export function text(help: string, places: Places = {}, max = 1024): Field {
  return field(z.string().min(1).max(max).describe(help), places);
}

export function number(help: string, min: number, max: number, places: Places = {}): Field {
  return field(z.number().int().min(min).max(max).describe(help), places);
}

export function flag(help: string, places: Places = {}): Field {
  return field(z.boolean().describe(help), places);
}

export function choice(help: string, values: readonly string[], places: Places = {}): Field {
  return field(z.enum(values as [string, ...string[]]).describe(help), places);
}

export function pattern(help: string, regex: RegExp, expected: string, places: Places = {}): Field {
  return field(z.string().regex(regex, `expected ${expected}`).describe(help), places);
}

/** Only a reference. `alertmanager` is where the path of its file goes. */
export function secret(help: string, places: Places & { readonly file?: string } = {}): Field {
  const { file, ...others } = places;
  const made = field(
    secretSchema.describe(`${help} (a reference: \${env:NAME} or \${file:/path})`),
    {
      ...others,
      ...(file !== undefined && { alertmanager: { file } }),
    },
  );
  return made;
}

/** An address that is no secret; http only on this machine or in a private network. */
export function address(help: string, places: Places = {}): Field {
  return field(urlSchema.describe(help), places);
}

/** An address that may carry a token: written out, or a reference. */
export function addressOrSecret(
  help: string,
  places: Places & { readonly alertmanager?: Slot } = {},
): Field {
  const schema = z.string().transform((given, context) => {
    const reference = parseReference(given);
    if (reference) return reference;
    const fault = urlFault(given);
    if (fault === undefined) return given;
    context.addIssue({ code: "custom", message: fault });
    return z.NEVER;
  });
  return field(schema.describe(help), places);
}

export function field(schema: z.ZodType, places: Places = {}): Field {
  const { alertmanager, grafana, isRequired } = places;
  return {
    schema,
    ...(isRequired && { isRequired }),
    ...(alertmanager !== undefined && { alertmanager: slotOf(alertmanager) }),
    ...(grafana !== undefined && { grafana: slotOf(grafana) }),
  };
}

function slotOf(slot: string | Slot): Slot {
  return typeof slot === "string" ? { at: slot } : slot;
}

export const urlSchema = z.string().superRefine((given, context) => {
  const fault = urlFault(given);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

/** Without the value where it holds credentials: they are secrets. */
function urlFault(given: string): string | undefined {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined) return "expected a URL such as https://example.org/hook";
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return `expected a URL that begins with https://, got "${url.protocol}//"`;
  }
  if (url.username !== "" || url.password !== "") {
    return "a URL with a password in it is a secret; name it: ${env:NAME} or ${file:/path}";
  }
  // Alertmanager and Grafana would run it as a template.
  return given.includes("{{") ? "expected no {{ in a URL; write %7B%7B" : undefined;
}

const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@<>"(),:;[\]\\.]+(\.[^\s@<>"(),:;[\]\\.]+)*$/;

/** `a@x.org`, or several in a list. */
export const emailsSchema = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((given, context): string[] => {
    const all = (Array.isArray(given) ? given : given.split(/[,;]/)).map((it) => it.trim());
    for (const one of all) {
      if (one.length <= 254 && EMAIL.test(one)) continue;
      context.addIssue({
        code: "custom",
        message: `expected an e-mail address such as ops@example.org, got ${JSON.stringify(one)}`,
      });
    }
    return all;
  });
