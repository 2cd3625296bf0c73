import type { ReactElement } from "react";
import { useLoaderData } from "react-router";
import type { Order } from "../orders.ts";

export function OrderPage(): ReactElement {
  const order = useLoaderData<Order>();
  return <h1>{order.title}</h1>;
}
