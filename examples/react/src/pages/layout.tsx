import type { ReactElement } from "react";
import { Link, Outlet } from "react-router";

export function Layout(): ReactElement {
  return (
    <>
      <nav>
        <Link to="/">Shop</Link> <Link to="/orders/7">Order 7</Link>{" "}
        <Link to="/orders/13">Order 13</Link> <Link to="/reports">Reports</Link>
      </nav>
      <main>
        <Outlet />
      </main>
    </>
  );
}
