import { SightlineErrorBoundary } from "@sightline/browser/react";
import { type ReactElement, useState } from "react";
import { payFor, totalOf } from "../orders.ts";

export function HomePage(): ReactElement {
  const [hasCart, setHasCart] = useState(false);

  function checkOut(): void {
    totalOf([]);
  }

  function logLines(): void {
    console.info("cart opened", { items: 2 });
    console.warn("stock is low", { left: 1 });
  }

  function payInTheBackground(): void {
    void payFor("7");
  }

  return (
    <>
      <h1>Shop</h1>
      <button type="button" onClick={logLines}>
        Log two lines
      </button>
      <button type="button" onClick={checkOut}>
        Check out
      </button>
      <button type="button" onClick={payInTheBackground}>
        Pay
      </button>
      <button type="button" onClick={() => setHasCart(true)}>
        Show the cart
      </button>
      <SightlineErrorBoundary
        fallback={({ reset }) => (
          <p role="alert">
            The cart cannot be shown.{" "}
            <button type="button" onClick={reset}>
              Try again
            </button>
          </p>
        )}
        onReset={() => setHasCart(false)}
      >
        {hasCart && <Cart prices={undefined} />}
      </SightlineErrorBoundary>
    </>
  );
}

/** The prices were promised by the server, and are not there. */
function Cart({ prices }: { readonly prices: readonly number[] | undefined }): ReactElement {
  const shown = (prices as readonly number[]).map((price) => <li key={price}>{price}</li>);
  return <ul>{shown}</ul>;
}
