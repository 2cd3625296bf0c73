import { Component, inject } from "@angular/core";
import { ActivatedRoute } from "@angular/router";
import type { Order } from "../orders";

@Component({
  selector: "app-order-page",
  standalone: true,
  template: "<h1>{{ order.title }}</h1>",
})
export class OrderPage {
  readonly order: Order = inject(ActivatedRoute).snapshot.data["order"];
}
