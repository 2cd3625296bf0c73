import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes files into a folder, by path. */
export function fill(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Every file below a folder with its text. */
export function contents(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** A Go API, Postgres, an Angular application and nginx before them. */
export const SHOP: Readonly<Record<string, string>> = {
  "compose.yml": `services:
  api:
    build: ./api
    environment: [DATABASE_URL=postgres://shop:secret-of-the-database@db/shop]
    depends_on: [db]
  db:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: secret-of-the-database}
    volumes: ["db-data:/var/lib/postgresql/data"]
  web:
    build: {context: web}
  nginx:
    image: nginx:1.29
    ports: ["80:80"]
    volumes: ["./nginx/default.conf:/etc/nginx/conf.d/default.conf:ro"]
volumes:
  db-data:
`,
  "api/go.mod": "module shop\n",
  "web/package.json": JSON.stringify({
    name: "web",
    dependencies: { "@angular/core": "21.0.0" },
    scripts: { start: "ng serve" },
  }),
  "web/Dockerfile": "FROM node:24 AS build\nRUN npm run build\nFROM nginx:1.29\n",
  "nginx/default.conf": `server {
  listen 80;
  location / { proxy_pass http://web:80; }
  location /api/ { proxy_pass http://api:8080/; include proxy_params; }
}
`,
};

/** Two Node services and a shared library, each in every way a Compose file may say things. */
export const MONOREPO: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ name: "root", private: true, workspaces: ["packages/*"] }),
  "packages/orders/package.json": JSON.stringify({
    name: "@acme/orders",
    dependencies: { "@sightline/node": "0.1.0", express: "5.1.0", winston: "3.19.0" },
  }),
  "packages/mail/package.json": JSON.stringify({
    name: "@acme/mail",
    dependencies: { pino: "9.0.0" },
    scripts: { start: "node mail.js" },
  }),
  "packages/lib/package.json": JSON.stringify({
    name: "@acme/lib",
    dependencies: { winston: "3.19.0" },
  }),
  "node_modules/express/package.json": JSON.stringify({
    name: "express",
    dependencies: { koa: "1.0.0" },
  }),
  "docker-compose.yml": `x-common: &common
  restart: always
services:
  orders:
    <<: *common
    build: {context: ., dockerfile: packages/orders/Dockerfile}
    networks: [back]
  grafana:
    image: grafana/grafana
    volumes: ["grafana-data:/var/lib/grafana"]
  caddy:
    image: caddy:2
  mail:
    <<: *common
    build: .
networks: {back: {}}
volumes: {grafana-data: {}}
`,
};
