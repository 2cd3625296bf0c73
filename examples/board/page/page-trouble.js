import { send } from "./api.js";
import { showOutcome } from "./page.js";

/** Two levels deep, as bugs of real pages are. */
function totalOf(basket) {
  return basket.items.reduce((sum, { price }) => sum + price.amount, 0);
}

function checkOut() {
  return totalOf({ items: [{ price: { amount: 12 } }, {}] });
}

/** Faults of the page itself, which the server never hears of. */
export const PAGE_TROUBLES = {
  "page-throw": {
    // Out of a timer, so that nobody catches it.
    run: () => setTimeout(checkOut),
    said: "A TypeError that nobody caught.",
  },
  "page-reject": {
    run: () => void loadBasket(),
    said: "A promise that failed, with the reason behind it.",
  },
  "page-log": {
    run: () => {
      // biome-ignore lint/suspicious/noConsole: that is what this button is for
      console.warn("the basket is older than a day", { items: 2, total: 12.5 });
    },
    said: "A warning on the console.",
  },
};

async function loadBasket() {
  try {
    await send("GET", "/api/basket/7");
  } catch (error) {
    throw new Error("the basket cannot be shown", { cause: error });
  }
}

export function causeInPage(name) {
  const { run, said } = PAGE_TROUBLES[name];
  run();
  showOutcome("good", `${said} Read it with: sightline logs board-web`);
}
