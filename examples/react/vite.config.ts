import { sightline } from "@sightline/source-maps/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const GATEWAY = "http://127.0.0.1:8717";
/** The page sends to its own origin, which no blocker minds; a reverse proxy does this in production. */
const proxy = {
  "/sl": { target: GATEWAY, rewrite: (path: string) => path.replace(/^\/sl/, "") },
};

export default defineConfig({
  plugins: [react(), sightline({ service: "example-react" })],
  server: { proxy },
  preview: { proxy },
});
