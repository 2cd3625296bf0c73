import { startSightline } from "@sightline/browser";
import { followRouter, sightlineRootOptions } from "@sightline/browser/react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { routes } from "./routes.tsx";

// First, so that errors of everything below are told.
startSightline({ key: "example-react-key", release: "1.0.0" });

const router = followRouter(createBrowserRouter(routes));
const root = document.querySelector("#root");
if (root === null) throw new Error("the page has no element #root");
createRoot(root, sightlineRootOptions()).render(<RouterProvider router={router} />);
