import { defineConfig } from "vite";

// Only for `npm run preview`, which shows the build: Angular's own server shows sources.
export default defineConfig({
  build: { outDir: "dist/browser" },
  preview: {
    port: 4200,
    strictPort: true,
    // A reverse proxy does this in production: the page sends to its own origin.
    proxy: {
      "/sl": { target: "http://127.0.0.1:8717", rewrite: (path) => path.replace(/^\/sl/, "") },
    },
  },
});
