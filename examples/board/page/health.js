import { send } from "./api.js";
import { byId } from "./page.js";

const UP_INTERVAL_MILLIS = 3_000;
const DOWN_INTERVAL_MILLIS = 1_000;

/** Watches the board and says so when it is gone; `onBack` runs when it answers again. */
export function startHealth(onBack) {
  let state = "unknown";
  const look = async () => {
    const next = await readState();
    if (next !== state) show(next);
    if (state === "down" && next === "up") await onBack();
    state = next;
    setTimeout(look, state === "up" ? UP_INTERVAL_MILLIS : DOWN_INTERVAL_MILLIS);
  };
  return look();
}

async function readState() {
  try {
    await send("GET", "/healthz");
    return "up";
  } catch {
    return "down";
  }
}

function show(state) {
  byId("health").dataset.state = state;
  byId("health-text").textContent = state === "up" ? "Up" : "The board is down";
}
