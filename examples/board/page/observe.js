import { startSightline } from "@sightline/browser";

/** Put there by the server; see src/routes/page.ts. Without a gateway the page tells nobody. */
const { gatewayUrl, gatewayKey } = document.documentElement.dataset;

/** What happens in this page, for the team. Undefined where nobody wants to know. */
export const sightline = gatewayKey
  ? // RELEASE is written in by build-page.mjs.
    startSightline({ key: gatewayKey, url: gatewayUrl, release: RELEASE })
  : undefined;

/** The name typed once, as both page and server tell it: a header takes no other letters. */
export function userName() {
  const name = localStorage.getItem("board.name");
  return name ? encodeURIComponent(name) : undefined;
}

sightline?.identify(userName());
