import { HttpClient } from "@angular/common/http";
import { Component, inject, signal } from "@angular/core";
import { reserve, totalOf } from "../orders";
import { Cart } from "./cart";

@Component({
  selector: "app-home-page",
  standalone: true,
  imports: [Cart],
  template: `
    <h1>Shop</h1>
    <button type="button" (click)="logLines()">Log two lines</button>
    <button type="button" (click)="checkOut()">Check out</button>
    <button type="button" (click)="reserveInTheBackground()">Reserve</button>
    <button type="button" (click)="pay()">Pay</button>
    <button type="button" (click)="hasCart.set(true)">Show the cart</button>
    @if (hasCart()) {
      <app-cart />
    }
  `,
})
export class HomePage {
  readonly #http = inject(HttpClient);
  readonly hasCart = signal(false);

  logLines(): void {
    console.info("cart opened", { items: 2 });
    console.warn("stock is low", { left: 1 });
  }

  checkOut(): void {
    totalOf([]);
  }

  reserveInTheBackground(): void {
    void reserve("7");
  }

  pay(): void {
    this.#http.get("/status/503?card=4111111111111111").subscribe();
  }
}
