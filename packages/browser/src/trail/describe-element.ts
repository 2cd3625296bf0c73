const INTERACTIVE =
  "a,button,input,select,textarea,label,summary,option,[role],[onclick],[data-action],[data-testid]";
/** What somebody typed, or asked to keep to themselves. */
const PRIVATE =
  "input,textarea,select,option,script,style,[contenteditable]:not([contenteditable=false]),[data-sightline-private]";
/** Roles and tags whose text is a caption and not content. */
const LABELLED =
  "a,button,summary,label,[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=checkbox],[role=radio],[role=switch]";
const MAX_LABEL = 40;

/** A line such as `button#pay "Pay now"`; undefined where the user pressed nothing that reacts. */
export function describeClicked(path: readonly EventTarget[]): string | undefined {
  const clicked = path.find((target) => target instanceof Element);
  const element = clicked?.closest(INTERACTIVE);
  return element === null || element === undefined ? undefined : describeElement(element);
}

function describeElement(element: Element): string {
  const role = element.getAttribute("role");
  const type = element instanceof HTMLInputElement ? `[type=${element.type}]` : "";
  const id = element.id === "" ? "" : `#${element.id}`;
  const name = element.getAttribute("data-action") ?? element.getAttribute("data-testid");
  const label = labelOf(element);
  return [
    element.localName + type + id,
    ...(role === null ? [] : [`[role=${role}]`]),
    ...(name === null ? [] : [`[${name}]`]),
    ...(label === "" ? [] : [`"${label}"`]),
  ].join(" ");
}

/** Without numbers: they are amounts, dates and the names of things that are somebody's. */
function labelOf(element: Element): string {
  if (element.closest("[data-sightline-private]") !== null) return "";
  if (element.closest("[contenteditable]:not([contenteditable=false])") !== null) return "";
  const named = element.getAttribute("aria-label");
  const text = named ?? (element.matches(LABELLED) ? visibleText(element) : "");
  const short = text.replace(/\s+/g, " ").trim().slice(0, MAX_LABEL);
  return short.replace(/\d{3,}/g, "…");
}

function visibleText(element: Element): string {
  let text = "";
  for (const node of element.childNodes) {
    if (text.length >= MAX_LABEL) break;
    if (node instanceof Text) text += node.data.slice(0, 200);
    else if (node instanceof Element && !node.matches(PRIVATE)) text += visibleText(node);
  }
  return text;
}
