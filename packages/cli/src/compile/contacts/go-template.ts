const ACTION = /\{\{-?\s*([\s\S]*?)\s*-?\}\}/g;

/** What is wrong with the actions of a Go template; its server finds the rest when it sends. */
export function findTemplateFault(text: string): string | undefined {
  const actions = [...text.matchAll(ACTION)];
  const left = text.replace(ACTION, "");
  if (left.includes("{{")) return "{{ is never closed";
  let depth = 0;
  for (const [, action = ""] of actions) {
    if (/^(if|range|with|define|block)\b/.test(action)) depth++;
    if (action === "end" && --depth < 0) return "{{ end }} closes nothing";
  }
  return depth > 0
    ? `${depth} of if, range, with, define or block lack their {{ end }}`
    : undefined;
}
