import { DOTNET } from "./languages/dotnet.ts";
import { GENERIC } from "./languages/generic.ts";
import { GO } from "./languages/go.ts";
import { JAVA } from "./languages/java.ts";
import { NODE } from "./languages/node.ts";
import { PHP } from "./languages/php.ts";
import { PYTHON } from "./languages/python.ts";
import { RUBY } from "./languages/ruby.ts";
import type { Head, LanguageRules } from "./rules.ts";

/** Every rule of the joiner. The first that fits wins, so the strict languages stand first. */
const LANGUAGES: readonly LanguageRules[] = [GO, PYTHON, JAVA, NODE, PHP, DOTNET, RUBY, GENERIC];

/** A state with its steps linked to states instead of names. */
export interface LinkedState {
  readonly name: string;
  readonly message: boolean;
  readonly complete: boolean;
  readonly tail: boolean;
  /** Entries of all languages are tried before the steps. */
  readonly takesEntries: boolean;
  steps: readonly LinkedStep[];
}

export interface LinkedStep {
  readonly pattern: RegExp;
  readonly loose: boolean;
  readonly to: LinkedState;
}

export interface LinkedHead {
  readonly pattern: RegExp;
  readonly joins: Head["joins"];
  readonly whole: boolean;
  readonly to: LinkedState;
}

const TAKES_ENTRIES = new Set(["generic.plain", "generic.error", "generic.indented"]);

const states: ReadonlyMap<string, LinkedState> = linkStates();
const heads: ReadonlyMap<number, readonly LinkedHead[]> = byFirst(
  LANGUAGES.flatMap((language) => language.heads),
  (head) => ({
    pattern: head.pattern,
    joins: head.joins,
    whole: head.whole === true,
    to: stateNamed(head.to),
  }),
);
const entries: ReadonlyMap<number, readonly LinkedStep[]> = byFirst(
  LANGUAGES.flatMap((language) => language.entries),
  (entry) => ({ pattern: entry.pattern, loose: false, to: stateNamed(entry.to) }),
);

export function stateNamed(name: string): LinkedState {
  const state = states.get(name);
  if (state === undefined) throw new Error(`the joiner has no state "${name}"`);
  return state;
}

/** The head that `body` is; `whole` is the line with what stands in front of `body`. */
export function headOf(body: string, whole: string): LinkedHead | undefined {
  return (
    firstFit(heads.get(body.charCodeAt(0)), body, false) ??
    (body === whole ? undefined : firstFit(heads.get(whole.charCodeAt(0)), whole, true))
  );
}

/** Where `body` leads from `state`; `directly`: it stands right below the stack's last line. */
export function stepFrom(
  state: LinkedState,
  body: string,
  directly: boolean,
): LinkedStep | undefined {
  const entry = state.takesEntries ? entryOf(body) : undefined;
  if (entry !== undefined) return entry;
  for (const step of state.steps) {
    if ((directly || !step.loose) && step.pattern.test(body)) return step;
  }
  return undefined;
}

function entryOf(body: string): LinkedStep | undefined {
  return entries.get(body.charCodeAt(0))?.find((entry) => entry.pattern.test(body));
}

function firstFit(
  candidates: readonly LinkedHead[] | undefined,
  text: string,
  whole: boolean,
): LinkedHead | undefined {
  if (candidates === undefined) return undefined;
  for (const head of candidates) {
    if (head.whole === whole && head.pattern.test(text)) return head;
  }
  return undefined;
}

function linkStates(): Map<string, LinkedState> {
  const linked = new Map<string, LinkedState>();
  const all = LANGUAGES.flatMap((language) => Object.entries(language.states));
  for (const [name, state] of all) {
    linked.set(name, {
      name,
      message: state.message === true,
      complete: state.complete === true,
      tail: state.tail === true,
      takesEntries: TAKES_ENTRIES.has(name),
      steps: [],
    });
  }
  for (const [name, state] of all) {
    const from = linked.get(name) as LinkedState;
    from.steps = state.steps.map(({ pattern, loose, to }) => {
      const target = linked.get(to);
      if (target === undefined) throw new Error(`state "${name}" leads to unknown "${to}"`);
      return { pattern, loose: loose === true, to: target };
    });
  }
  return linked;
}

function byFirst<Rule extends { readonly first: string }, Linked>(
  rules: readonly Rule[],
  link: (rule: Rule) => Linked,
): Map<number, Linked[]> {
  const map = new Map<number, Linked[]>();
  for (const rule of rules) {
    const linked = link(rule);
    for (const character of rule.first) {
      const code = character.charCodeAt(0);
      const list = map.get(code);
      if (list === undefined) map.set(code, [linked]);
      else list.push(linked);
    }
  }
  return map;
}
