import { sightline, userName } from "./observe.js";

/** Finds an element that index.html promises. */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no element "${id}"`);
  return element;
}

/** A new element; text goes in as text, so nothing people write becomes markup. */
export function element(name, { text, className, ...attributes } = {}) {
  const created = document.createElement(name);
  if (text !== undefined) created.textContent = text;
  if (className !== undefined) created.className = className;
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  return created;
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

export function ageOf(time) {
  const hours = (time - Date.now()) / 3_600_000;
  if (hours > -1) return relative.format(Math.min(0, Math.round(hours * 60)), "minute");
  if (hours > -24) return relative.format(Math.round(hours), "hour");
  if (hours > -24 * 14) return relative.format(Math.round(hours / 24), "day");
  return date.format(time);
}

export function metaOf(target, { topic, author, createdAt }) {
  target.replaceChildren(
    element("span", { className: "topic", text: topic }),
    `${author ?? "nobody"} · `,
    element("time", { text: ageOf(createdAt), datetime: new Date(createdAt).toISOString() }),
  );
}

export function showError(target, error) {
  target.textContent = error?.message ?? "";
  target.hidden = error === undefined;
}

/** The name typed once is filled in everywhere; it stays in this browser. */
export function rememberName(...inputs) {
  const fill = () => {
    for (const input of inputs) input.value = localStorage.getItem("board.name") ?? "";
  };
  for (const input of inputs) {
    input.addEventListener("change", () => {
      localStorage.setItem("board.name", input.value.trim());
      sightline?.identify(userName());
      fill();
    });
  }
  fill();
}

/** What came of a button among the troubles. */
export function showOutcome(kind, text) {
  const outcome = byId("trouble-outcome");
  outcome.dataset.kind = kind;
  outcome.textContent = text;
  outcome.hidden = false;
}
