import { cutAtWord } from "@sightline/core";

const INTERACTIVE =
  "a,button,input,select,textarea,label,summary,option,[role],[onclick],[data-action],[data-testid]";
/** Areas that a user types into, or that somebody asked to keep private. */
const PRIVATE_AREA = "[contenteditable]:not([contenteditable=false]),[data-sightline-private]";
/** What holds a value and no caption. */
const PRIVATE = `input,textarea,select,option,script,style,${PRIVATE_AREA}`;
/** Roles and tags whose text is a caption and not content. */
const LABELLED =
  "a,button,summary,label,[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=checkbox],[role=radio],[role=switch]";
const MAX_LABEL = 40;
/** Longer than a label, so that a secret at its end is whole when it is masked. */
const MAX_READ = 300;

/**
 * A line such as `button#pay "Pay now"`; undefined where the user pressed nothing that reacts.
 *
 * @param path of the event, through shadow roots.
 */
export function describeClicked(
  path: readonly EventTarget[],
  mask: (text: string) => string,
): string | undefined {
  const elements = path.filter((target) => target instanceof Element);
  const element = elements.find((one) => one.matches(INTERACTIVE));
  if (element === undefined) return undefined;
  const isPrivate = elements.some((one) => one.matches(PRIVATE_AREA));
  return describeElement(element, isPrivate ? "" : shortLabel(mask(labelOf(element))));
}

function describeElement(element: Element, label: string): string {
  const role = element.getAttribute("role");
  const type = element instanceof HTMLInputElement ? `[type=${element.type}]` : "";
  const id = element.id === "" ? "" : `#${element.id}`;
  const name = element.getAttribute("data-action") ?? element.getAttribute("data-testid");
  return [
    element.localName + type + id,
    ...(role === null ? [] : [`[role=${role}]`]),
    ...(name === null ? [] : [`[${name}]`]),
    ...(label === "" ? [] : [`"${label}"`]),
  ].join(" ");
}

function labelOf(element: Element): string {
  const named = element.getAttribute("aria-label");
  const text = named ?? (element.matches(LABELLED) ? visibleText(element) : "");
  return cutAtWord(text.replace(/\s+/g, " ").trim(), MAX_READ);
}

/** Without numbers: they are amounts, dates and the names of things that are somebody's. */
function shortLabel(masked: string): string {
  return masked.replace(/\d{3,}/g, "…").slice(0, MAX_LABEL);
}

function visibleText(element: Element): string {
  let text = "";
  for (const node of element.childNodes) {
    if (text.length >= MAX_READ) break;
    if (node instanceof Text) text += node.data;
    else if (node instanceof Element && !node.matches(PRIVATE)) text += visibleText(node);
  }
  return text;
}
