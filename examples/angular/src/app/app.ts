import { Component } from "@angular/core";
import { RouterLink, RouterOutlet } from "@angular/router";

@Component({
  selector: "app-root",
  standalone: true,
  imports: [RouterLink, RouterOutlet],
  template: `
    <nav>
      <a routerLink="/">Shop</a> <a routerLink="/orders/7">Order 7</a>
      <a routerLink="/orders/13">Order 13</a> <a routerLink="/old-orders/8">Order 8</a>
      <a routerLink="/reports/sales">Reports</a>
    </nav>
    <main><router-outlet /></main>
  `,
})
export class App {}
