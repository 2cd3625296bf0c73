import { Component } from "@angular/core";

@Component({
  selector: "app-cart",
  standalone: true,
  template: "<p>{{ firstPrice() }}</p>",
})
export class Cart {
  /** The prices were promised by the server, and are not there. */
  prices: readonly number[] | undefined;

  firstPrice(): number | undefined {
    return (this.prices as readonly number[]).at(0);
  }
}
