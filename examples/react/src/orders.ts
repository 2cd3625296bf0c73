export interface Order {
  readonly id: string;
  readonly title: string;
}

/** What the loader of `/orders/:id` gives its page. Order 13 has gone missing. */
export async function readOrder(id: string): Promise<Order> {
  if (id === "13") throw new Error(`order ${id} has no customer`);
  return { id, title: `Order ${id}` };
}

export function totalOf(prices: readonly number[]): number {
  if (prices.length === 0) throw new RangeError("the cart is empty");
  return prices.reduce((sum, price) => sum + price, 0);
}

export async function payFor(id: string): Promise<void> {
  const response = await fetch(`/status/503?card=4111111111111111&order=${id}`);
  if (!response.ok) throw new Error(`paying failed with ${response.status}`);
}
