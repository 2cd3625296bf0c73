import type { ResolveFn } from "@angular/router";

export interface Order {
  readonly id: string;
  readonly title: string;
}

/** What `/orders/:id` shows. Order 13 has gone missing. */
export const readOrder: ResolveFn<Order> = async (route) => {
  const id = route.paramMap.get("id") ?? "";
  if (id === "13") throw new Error(`order ${id} has no customer`);
  return { id, title: `Order ${id}` };
};

export function totalOf(prices: readonly number[]): number {
  if (prices.length === 0) throw new RangeError("the cart is empty");
  return prices.reduce((sum, price) => sum + price, 0);
}

export async function reserve(id: string): Promise<void> {
  await Promise.resolve();
  throw new Error(`order ${id} cannot be reserved`);
}
