import { send } from "./api.js";
import { byId, showOutcome } from "./page.js";
import { causeInPage, PAGE_TROUBLES } from "./page-trouble.js";

/** What each button sends. Failing is what they are for. */
const TROUBLES = {
  throw: async () => {
    const { posts } = await send("GET", "/api/posts?status=draft&pageSize=100");
    const draft = posts.find((post) => post.author === null);
    if (draft === undefined) throw new Error("There is no draft without author on this board.");
    await send("POST", `/api/posts/${draft.id}/publish`);
  },
  invalid: () => send("POST", "/api/posts", { title: "" }),
  unavailable: () => send("GET", "/api/weather?simulate=unavailable"),
  silent: () => send("GET", "/api/weather?simulate=silent"),
  block: () => send("POST", "/debug/block", { millis: 1_000 }),
  crash: () => send("POST", "/debug/crash"),
};

async function cause(name, button) {
  button.disabled = true;
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(2)} s`;
  try {
    await TROUBLES[name]();
    if (name === "crash") showOutcome("bad", "The process is about to die. Watch the light above.");
    else showOutcome("good", `Answered after ${seconds()}.`);
  } catch (error) {
    const status = error.status === 0 ? "No answer" : (error.status ?? "Not sent");
    showOutcome("bad", `${status} after ${seconds()}: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

export function startTrouble() {
  byId("trouble-list").addEventListener("click", async (event) => {
    const button = event.target.closest("[data-trouble]");
    if (button === null) return;
    const name = button.dataset.trouble;
    if (Object.hasOwn(PAGE_TROUBLES, name)) causeInPage(name);
    else await cause(name, button);
  });
}
