import { describe, expect, it } from "vitest";
import { parseCaddyRoutes } from "../../src/init/caddy-routes.ts";
import { parseNginxRoutes } from "../../src/init/nginx-routes.ts";
import { parseCompose } from "../../src/init/parse-compose.ts";
import type { ComposeService } from "../../src/init/project.ts";
import { readTraefikRoutes } from "../../src/init/traefik-routes.ts";

describe("where an nginx passes requests to", () => {
  it("is read from prefixes, upstreams and the http block", () => {
    const text = `# before
http {
  log_format main '$remote_addr {"a": "$request"}';
  upstream backend { server api:8080; server api:8081 backup; }
  server {
    listen 80 default_server;
    location ^~ /api/ { proxy_pass http://backend; }
    location /static { root /srv; }
    location / { fastcgi_pass php:9000; fastcgi_param A "\${x}"; }
  }
}`;
    expect(parseNginxRoutes(text)).toEqual([
      { path: "/api/", to: "api" },
      { path: "/static", to: undefined },
      { path: "/", to: "php" },
    ]);
  });

  it("has a host where there are several servers", () => {
    const text = `
      server { server_name a.example.org; location / { proxy_pass http://a; } }
      server { server_name b.example.org c.example.org; location / { proxy_pass http://b; } }
      server { return 301 https://a.example.org; }`;
    expect(parseNginxRoutes(text)).toEqual([
      { host: "a.example.org", path: "/", to: "a" },
      { host: "b.example.org", path: "/", to: "b" },
      { host: "c.example.org", path: "/", to: "b" },
    ]);
  });

  it("has a host where another server answers by itself", () => {
    const text = `
      server { server_name a.example.org; location / { proxy_pass http://a; } }
      server { server_name docs.example.org; root /srv/docs; }`;
    expect(parseNginxRoutes(text)).toEqual([{ host: "a.example.org", path: "/", to: "a" }]);
  });

  it.each([
    ["a regular expression", "server { location ~ ^/api { proxy_pass http://api; } }"],
    ["a variable", "server { location / { proxy_pass http://$backend; } }"],
    ["a variable in braces", "server { location / { proxy_pass http://$" + "{backend}; } }"],
    ["rewriting", "server { location / { rewrite ^/a /b; proxy_pass http://api; } }"],
    [
      "an include that may hold locations",
      "server { include a.conf; location / { proxy_pass http://a; } }",
    ],
    ["servers without names", "server { location / { proxy_pass http://a; } } ".repeat(2)],
    [
      "an upstream of two services",
      "upstream u { server a; server b; } server { location / { proxy_pass http://u; } }",
    ],
    ["a brace that is missing", "server { location / { proxy_pass http://a; }"],
    ["a brace too many", "server { location / { proxy_pass http://a; } } }"],
    ["nesting without end", "a { ".repeat(100_000)],
  ])("is not certain with %s", (_, text) => {
    expect(parseNginxRoutes(text)).toBeUndefined();
  });
});

describe("where a Caddy passes requests to", () => {
  it("is read from handles, with the global options left aside", () => {
    const text = `{
  email ops@example.org
}
# the shop
https://shop.example.org, www.shop.example.org {
  encode gzip
  log {
    output stdout
  }
  handle_path /api/* {
    reverse_proxy api:8080 {
      header_up X-A "{host} b"
    }
  }
  handle {
    root * /srv
    file_server
  }
}
`;
    expect(parseCaddyRoutes(text)).toEqual([
      { path: "/api/", to: "api" },
      { path: "/", to: undefined },
    ]);
  });

  it("has a host where there are several sites", () => {
    const text = `a.example.org {
\treverse_proxy /v1/* http://api:80 http://api:81
\treverse_proxy web
}
b.example.org:443 {
\treverse_proxy * admin:3000
}
www.example.org {
\tredir https://a.example.org{uri}
}
`;
    expect(parseCaddyRoutes(text)).toEqual([
      { host: "a.example.org", path: "/v1/", to: "api" },
      { host: "a.example.org", path: "/", to: "web" },
      { host: "b.example.org", path: "/", to: "admin" },
    ]);
  });

  it("has a host where another site answers by itself", () => {
    const text = "a.org {\nreverse_proxy a\n}\ndocs.org {\nfile_server\n}\n";
    expect(parseCaddyRoutes(text)).toEqual([{ host: "a.org", path: "/", to: "a" }]);
  });

  it.each([
    ["a site without braces", ":80\nreverse_proxy api:8080"],
    ["an import", ":80 {\nimport common\nreverse_proxy api\n}"],
    ["a named matcher", ":80 {\n@a path /a\nreverse_proxy @a api\n}"],
    ["a placeholder", ":80 {\nreverse_proxy {$UPSTREAM}\n}"],
    ["two upstreams", ":80 {\nreverse_proxy a:80 b:80\n}"],
    ["an exact path", ":80 {\nreverse_proxy /a api:80\n}"],
    ["handles beside proxies", ":80 {\nhandle /a/* {\nreverse_proxy a\n}\nreverse_proxy b\n}"],
    ["rewriting in a handle", ":80 {\nhandle /a/* {\nrewrite /b\nreverse_proxy a\n}\n}"],
    ["sites by port", ":80 {\nreverse_proxy a\n}\n:81 {\nreverse_proxy b\n}"],
    ["a brace that is missing", ":80 {\nreverse_proxy a\n"],
    ["a brace too many", ":80 {\nreverse_proxy a\n}\n}"],
    ["nesting without end", "a {\n".repeat(100_000)],
  ])("is not certain with %s", (_, text) => {
    expect(parseCaddyRoutes(text)).toBeUndefined();
  });
});

describe("where a Traefik passes requests to", () => {
  const services = (...rules: string[]): readonly ComposeService[] => {
    const lines = rules.map(
      (rule, n) =>
        `  s${n}: {labels: {"traefik.http.routers.r${n}.rule": ${JSON.stringify(rule)}}}`,
    );
    const result = parseCompose("compose.yml", `services:\n${lines.join("\n")}\n`);
    return result.status === "ok" ? result.file.services : [];
  };

  it("is read from host and prefix", () => {
    const rules = ["Host(`a.org`) && PathPrefix(`/v1`)", "Host(`a.org`)", "PathPrefix(`/x/`)"];
    expect(readTraefikRoutes(services(...rules))).toEqual([
      { host: "a.org", path: "/v1", to: "s0" },
      { host: "a.org", path: "/", to: "s1" },
      { path: "/x/", to: "s2" },
    ]);
  });

  it.each(["HostRegexp(`.*`)", "Host(`a`) || Host(`b`)", "!Host(`a`)", ""])(
    "is not certain with %j",
    (rule) => {
      expect(readTraefikRoutes(services("Host(`a.org`)", rule))).toBeUndefined();
    },
  );
});
