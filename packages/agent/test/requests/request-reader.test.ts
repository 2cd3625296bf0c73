import { type AccessLogConfig, AGENT_DEFAULTS } from "@sightline/core";
import { describe, expect, it } from "vitest";
import { createRequestReader } from "../../src/requests/request-reader.ts";
import { ACCESS_LINES, LINES_WITHOUT_REQUEST, OTHER_LINES } from "./access-lines.ts";

const DATE = "[10/Oct/2025:13:55:36 +0000]";

function configOf(changes: Partial<AccessLogConfig> = {}): AccessLogConfig {
  return { ...AGENT_DEFAULTS.accessLogs, ...changes };
}

/** A line as nginx writes it, with a time. */
function nginx(request: string, status: number, extra = "rt=0.100"): string {
  return `203.0.113.9 - - ${DATE} "${request}" ${status} 5 "-" "curl/8" ${extra}`;
}

describe("the request reader", () => {
  it("makes a request of an access line", () => {
    const reader = createRequestReader(configOf());
    expect(reader.read(nginx("GET /items/7?page=2 HTTP/1.1", 200), "web")).toEqual({
      service: "web",
      method: "GET",
      status: 200,
      route: "/items/{id}",
      seconds: 0.1,
    });
  });

  it("reads every known format for a service of its own", () => {
    const reader = createRequestReader(configOf());
    for (const [service, lines] of Object.entries(ACCESS_LINES)) {
      for (const [text] of lines) {
        reader.restart(service);
        expect([text, reader.read(text, service)?.service]).toEqual([text, service]);
      }
    }
  });

  it("counts neither what was no request nor what an application says of one", () => {
    const reader = createRequestReader(configOf());
    reader.read(nginx("GET / HTTP/1.1", 200), "web");
    for (const text of [...LINES_WITHOUT_REQUEST, ...OTHER_LINES]) {
      expect([text, reader.read(text, "web"), reader.read(text, text)]).toEqual([
        text,
        undefined,
        undefined,
      ]);
    }
  });

  it("sees through colours", () => {
    const reader = createRequestReader(configOf());
    const coloured = "\u001b[0mGET /items \u001b[32m200\u001b[0m 12.345 ms - 5\u001b[0m";
    expect(reader.read(coloured, "app")).toMatchObject({ route: "/items", seconds: 0.012345 });
  });

  it("counts a method that nobody knows as _OTHER", () => {
    const reader = createRequestReader(configOf());
    expect(reader.read(nginx("PROPFIND / HTTP/1.1", 405), "web")?.method).toBe("_OTHER");
    expect(reader.read(nginx("HEAD / HTTP/1.1", 200), "web")?.method).toBe("HEAD");
  });

  it("has no route for targets without a path", () => {
    const reader = createRequestReader(configOf());
    for (const request of ["OPTIONS * HTTP/1.1", "CONNECT example.com:443 HTTP/1.1"]) {
      expect(reader.read(nginx(request, 200), "web")).not.toHaveProperty("route");
    }
  });

  it("does not count a WebSocket, whose line has the time of the whole connection", () => {
    const reader = createRequestReader(configOf());
    expect(reader.read(nginx("GET /socket HTTP/1.1", 101, "rt=3600.123"), "web")).toBeUndefined();
  });

  it("keeps the time of a stream, and leaves out a time that cannot be", () => {
    const reader = createRequestReader(configOf());
    const secondsOf = (extra: string) =>
      reader.read(nginx("GET /events HTTP/1.1", 200, extra), "web")?.seconds;
    expect(secondsOf("rt=7200.001")).toBe(7200.001);
    expect(secondsOf("rt=-0.001")).toBeUndefined();
    expect(secondsOf("rt=1760104536.123")).toBeUndefined();
    expect(secondsOf("rt=")).toBeUndefined();
    expect(secondsOf("rt=1e3")).toBeUndefined();
    expect(secondsOf("rt=NaN")).toBeUndefined();
  });

  it("takes a URI of 10 kB, and a user agent of 10 kB full of quotes", () => {
    const reader = createRequestReader(configOf());
    const long = `/search/${"a".repeat(10_000)}`;
    expect(reader.read(nginx(`GET ${long} HTTP/1.1`, 200), "web")).toMatchObject({
      route: "/search/{id}",
      seconds: 0.1,
    });
    const hostile = `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 5 "-" "${'\\" '.repeat(3_000)}`;
    expect(reader.read(hostile, "web")).toMatchObject({ status: 200 });
  });

  it("ignores lines longer than any access line", () => {
    const reader = createRequestReader(configOf());
    const text = nginx(`GET /${"a".repeat(40_000)} HTTP/1.1`, 200);
    expect(reader.read(text, "web")).toBeUndefined();
  });

  it("knows IPv6 hosts and clients", () => {
    const split = [{ host: "[2001:db8::1]", service: "six" }];
    const reader = createRequestReader(configOf({ split }));
    const text = nginx("GET / HTTP/1.1", 200, 'rt=0.001 host="[2001:db8::1]:8443"');
    expect(reader.read(text.replace("203.0.113.9", "2001:db8::7"), "proxy")?.service).toBe("six");
  });
});

describe("learning the format", () => {
  const access = nginx("GET / HTTP/1.1", 200);

  it("finds access lines that come late, after thousands of other lines", () => {
    const reader = createRequestReader(configOf());
    for (let line = 0; line < 5_000; line += 1) reader.read("working", "app");
    const found = Array.from({ length: 8 }, () => reader.read(access, "app"));
    expect(found.filter((one) => one !== undefined).length).toBeGreaterThanOrEqual(5);
    expect(found.at(-1)).toBeDefined();
  });

  it("counts every one of rare access lines, once it has seen one", () => {
    const reader = createRequestReader(configOf());
    let counted = 0;
    for (let line = 0; line < 10_000; line += 1) {
      if (reader.read(line % 100 === 0 ? access : "working", "app") !== undefined) counted += 1;
    }
    expect(counted).toBe(100);
  });

  it("counts a request once where server and framework both tell of it", () => {
    const reader = createRequestReader(configOf());
    let counted = 0;
    for (let request = 0; request < 500; request += 1) {
      const lines = [
        access,
        `172.18.0.3 -  10/Oct/2025:13:55:36 +0000 "GET /index.php" 200`,
        "GET / 200 12.345 ms - 512",
      ];
      for (const text of lines) if (reader.read(text, "app") !== undefined) counted += 1;
    }
    expect(counted).toBe(500);
  });

  it("takes another format at once after a restart, and after a while without one", () => {
    const reader = createRequestReader(configOf());
    const other = "GET / 200 12.345 ms - 512";
    expect(reader.read(access, "app")).toBeDefined();
    expect(reader.read(other, "app")).toBeUndefined();
    reader.restart("app");
    expect(reader.read(other, "app")).toBeDefined();
    const found = Array.from({ length: 60 }, () => reader.read(access, "app"));
    expect(found.at(-1)).toBeDefined();
  });
});

describe("a service that is gone", () => {
  it("is forgotten with its format and its routes", () => {
    const reader = createRequestReader(configOf());
    const missing = nginx("GET /items HTTP/1.1", 404);
    reader.read(nginx("GET /items HTTP/1.1", 200), "web");
    expect(reader.read(missing, "web")?.route).toBe("/items");
    reader.forget("web");
    expect(reader.read("GET /a 200 1.000 ms - 1", "web")?.route).toBe("/a");
    reader.restart("web");
    expect(reader.read(missing, "web")).not.toHaveProperty("route");
  });
});

describe("formats chosen by hand", () => {
  it("reads nothing of a service that is off", () => {
    const reader = createRequestReader(configOf({ formats: [{ service: "web", format: "off" }] }));
    expect(reader.read(nginx("GET / HTTP/1.1", 200), "web")).toBeUndefined();
    expect(reader.read(nginx("GET / HTTP/1.1", 200), "other")).toBeDefined();
  });

  it("takes whatever stands before the time when the format is combined", () => {
    const text = `Oct 10 13:55:36 vm nginx: 203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 5`;
    const chosen = createRequestReader(
      configOf({ formats: [{ service: "web", format: "combined" }] }),
    );
    expect(chosen.read(text, "web")).toMatchObject({ status: 200, route: "/" });
    expect(createRequestReader(configOf()).read(text, "web")).toBeUndefined();
  });

  it("reads both of Traefik's formats, and of Caddy's only JSON", () => {
    const reader = createRequestReader(
      configOf({
        formats: [
          { service: "t", format: "traefik" },
          { service: "c", format: "caddy" },
        ],
      }),
    );
    for (const [text] of ACCESS_LINES["Traefik"] ?? [])
      expect(reader.read(text, "t")).toBeDefined();
    for (const [text] of ACCESS_LINES["Caddy"] ?? []) expect(reader.read(text, "c")).toBeDefined();
    expect(reader.read(nginx("GET / HTTP/1.1", 200), "c")).toBeUndefined();
  });

  it("reads a user's own pattern", () => {
    const pattern =
      "^(?<host>[^ ]+) (?<method>[A-Z]+) (?<path>[^ ]+) (?<status>\\d{3}) (?<duration_ms>[\\d.]+)ms$";
    const reader = createRequestReader(
      configOf({ formats: [{ service: "own", format: "pattern", pattern }] }),
    );
    expect(reader.read("shop.example POST /cart/7 201 12.5ms", "own")).toEqual({
      service: "own",
      method: "POST",
      status: 201,
      route: "/cart/{id}",
      seconds: 0.0125,
    });
    expect(reader.read("shop.example POST /cart/7 201", "own")).toBeUndefined();
    expect(reader.read(`shop.example GET /${"a".repeat(5_000)} 200 1ms`, "own")).toBeUndefined();
  });

  it("says everything that is wrong with the settings, and what to do", () => {
    const config = configOf({
      formats: [
        { service: "a", format: "pattern" },
        { service: "b", format: "pattern", pattern: "^(?<method>\\S+) (?<url>\\S+)$" },
        { service: "c", format: "pattern", pattern: "^(?<method>(a+)+)" },
        { service: "d", format: "pattern", pattern: "(" },
        { service: "e", format: "nginx" as "combined" },
      ],
      split: [{ service: "f" }, { service: "g", path: "api" }],
      routes: { h: ["users/{id}", "/a/*/b", "/a?b=1", "/fine/{id}", "/files/{rest...}"] },
      maxRoutes: 0,
    });
    const said = (() => {
      try {
        createRequestReader(config);
      } catch (error) {
        return (error as Error).message.split("\n");
      }
      return [];
    })();
    const expected = [
      '"a": the format is "pattern", and there is no pattern',
      'has no group "status"; write (?<status>…)',
      'has no group "path"',
      'has a group "url", which is not known',
      '"c": the pattern "^(?<method>(a+)+)" cannot be used',
      '"d": the pattern "(" cannot be used',
      '"nginx" is not known; expected one of auto, combined',
      '"f": there is neither a host nor a path',
      '"g": the path "api" does not begin with "/"; write "/api"',
      'the route "users/{id}" does not begin with "/"',
      'the route "/a/*/b" has "*" before its end',
      'the route "/a?b=1" has a query',
      'accessLogs.maxRoutes: got "0"',
    ];
    for (const text of expected) expect(said.join("\n")).toContain(text);
    expect(said).toHaveLength(expected.length);
  });
});

describe("splitting a proxy's requests to services", () => {
  const split = [
    { from: "proxy", host: "api.example.com", service: "api" },
    { from: "proxy", host: "*.shop.example", service: "shop" },
    { path: "/admin/", service: "admin" },
    { host: "example.com", path: "/docs", service: "docs" },
  ];
  const reader = createRequestReader(configOf({ split }));
  const ownerOf = (target: string, host: string, from = "proxy") =>
    reader.read(nginx(`GET ${target} HTTP/1.1`, 200, `rt=0.001 host=${host}`), from)?.service;

  it.each([
    ["/", "api.example.com", "api"],
    ["/", "API.example.com:8443", "api"],
    ["/", "de.shop.example", "shop"],
    ["/", "shop.example", "proxy"],
    ["/admin", "other.example", "admin"],
    ["/admin/users", "other.example", "admin"],
    ["/administration", "other.example", "proxy"],
    ["/docs?x=/admin", "example.com", "docs"],
    ["/documents", "example.com", "proxy"],
    ["/", "api.example.com.evil.example", "proxy"],
  ])("gives %s on %s to %s", (target, host, service) => {
    expect(ownerOf(target, host)).toBe(service);
  });

  it("takes a rule's proxy into account", () => {
    expect(ownerOf("/", "api.example.com", "other-proxy")).toBe("other-proxy");
  });

  it("does not count the lines of a service that the proxy's are split to, unless told so", () => {
    const line = nginx("GET / HTTP/1.1", 200);
    expect(reader.read(line, "api")).toBeUndefined();
    const told = createRequestReader(
      configOf({ split, formats: [{ service: "api", format: "auto" }] }),
    );
    expect(told.read(line, "api")?.service).toBe("api");
  });

  it("still tells of the services behind a proxy that measures itself", () => {
    const own = createRequestReader(configOf({ split }), {
      hasOwnMetrics: (service) => service === "proxy",
    });
    const line = (host: string) => nginx("GET / HTTP/1.1", 200, `rt=0.001 host=${host}`);
    expect(own.read(line("api.example.com"), "proxy")?.service).toBe("api");
    expect(own.read(line("unknown.example"), "proxy")).toBeUndefined();
    const alone = createRequestReader(configOf(), { hasOwnMetrics: () => true });
    expect(alone.read(line("api.example.com"), "proxy")).toBeUndefined();
  });

  it("counts the lines of a proxy that a rule leaves the rest to", () => {
    const rules = [
      { from: "proxy", path: "/api", service: "api" },
      { from: "proxy", path: "/", service: "proxy" },
    ];
    const own = createRequestReader(configOf({ split: rules }));
    expect(own.read(nginx("GET /about HTTP/1.1", 200), "proxy")?.service).toBe("proxy");
    expect(own.read(nginx("GET /api HTTP/1.1", 200), "proxy")?.service).toBe("api");
  });

  it("leaves requests with the proxy when the service measures itself", () => {
    const options = { hasOwnMetrics: (service: string) => service === "api" };
    const own = createRequestReader(configOf({ split }), options);
    const line = nginx("GET / HTTP/1.1", 200, "rt=0.001 host=api.example.com");
    expect(own.read(line, "proxy")?.service).toBe("proxy");
    expect(own.read(line, "api")).toBeUndefined();
    const told = createRequestReader(
      configOf({ split, formats: [{ service: "api", format: "auto" }] }),
      options,
    );
    expect(told.read(line, "proxy")?.service).toBe("api");
  });
});

describe("the suggestion", () => {
  const repeat = (text: string, service: string, config = configOf()) => {
    const reader = createRequestReader(config);
    for (let line = 0; line < 10; line += 1) reader.read(text, service);
    return reader.suggestion(service);
  };

  it("says nothing while lines have a time, are few, or are no access lines", () => {
    expect(repeat(nginx("GET / HTTP/1.1", 200), "web")).toBeUndefined();
    expect(repeat("working", "web")).toBeUndefined();
    const reader = createRequestReader(configOf());
    reader.read(nginx("GET / HTTP/1.1", 200, ""), "web");
    expect(reader.suggestion("web")).toBeUndefined();
    expect(reader.suggestion("unknown")).toBeUndefined();
  });

  it("has the line to add for the server at hand", () => {
    const combined = repeat(nginx("GET / HTTP/1.1", 200, ""), "web");
    expect(combined).toContain('"web" have no duration');
    expect(combined).toContain("rt=$request_time");
    expect(combined).toContain("duration_us=%D");
    const [uvicorn] = ACCESS_LINES["uvicorn"] ?? [];
    expect(repeat(uvicorn?.[0] ?? "", "api")).toContain("accessLogs.split");
    const [fpm] = ACCESS_LINES["PHP"] ?? [];
    expect(repeat(fpm?.[0] ?? "", "php")).toContain("access.format");
  });

  it.each([
    [
      "nginx",
      '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" rt=0.012 host=a.example',
    ],
    [
      "Apache",
      '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" duration_us=12000 host=a.example',
    ],
    [
      "gunicorn",
      '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" 0.012000',
    ],
    [
      "Tomcat 9",
      '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 - duration_ms=12',
    ],
    [
      "PHP-FPM",
      '172.18.0.3 -  [10/Oct/2025:13:55:36 +0000] "GET /index.php HTTP/1.1" 200 5 duration_us=12000',
    ],
    ["nginx in JSON", '{"request":"GET / HTTP/1.1","status":200,"request_time":0.012}'],
  ])("for %s leads to lines that have a duration", (_, line) => {
    expect(createRequestReader(configOf()).read(line, "web")?.seconds).toBe(0.012);
  });
});
