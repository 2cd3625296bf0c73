import type { AccessLine } from "../../src/requests/access-line.ts";

const DATE = "[10/Oct/2025:13:55:36 +0000]";

/** Lines as the servers write them, by who did, and what is to be read from them. */
export const ACCESS_LINES: Readonly<Record<string, readonly (readonly [string, AccessLine])[]>> = {
  "nginx combined": [
    [
      `203.0.113.9 - - ${DATE} "GET /items?page=2 HTTP/1.1" 200 612 "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
      { method: "GET", target: "/items?page=2", status: 200 },
    ],
    [
      `2001:db8::1 - alice ${DATE} "POST /login HTTP/2.0" 302 0 "https://a.example/" "curl/8.5.0"`,
      { method: "POST", target: "/login", status: 302 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /a%20b/c d HTTP/1.1" 404 153 "-" "x\\x22y\\x22 z"`,
      { method: "GET", target: "/a%20b/c d", status: 404 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /search?q=\\x22quoted\\x22 HTTP/1.1" 200 5 "-" "-"`,
      { method: "GET", target: "/search?q=\\x22quoted\\x22", status: 200 },
    ],
    [
      `unix: - - ${DATE} "GET / HTTP/1.1" 499 0 "-" "curl"`,
      { method: "GET", target: "/", status: 499 },
    ],
    [
      `203.0.113.9 - - [2025-10-10T13:55:36+00:00] "HEAD / HTTP/1.1" 200 0 "-" "-"`,
      { method: "HEAD", target: "/", status: 200 },
    ],
    [
      `10.0.0.1, 10.0.0.2 - - ${DATE} "GET / HTTP/1.1" 200 1 "-" "-"`,
      { method: "GET", target: "/", status: 200 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET http://shop.example/cart HTTP/1.1" 200 1 "-" "-"`,
      { method: "GET", target: "http://shop.example/cart", status: 200 },
    ],
  ],
  "nginx with $request_time": [
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0" 0.012`,
      { method: "GET", target: "/", status: 200, seconds: 0.012 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0" "-" rt=0.250 uct="0.001" urt="0.249"`,
      { method: "GET", target: "/", status: 200, seconds: 0.25 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "c" "-" "shop.example" sn="_" rt=0.003 ua="10.0.0.2:80" host=shop.example`,
      { method: "GET", target: "/", status: 200, seconds: 0.003, host: "_" },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "c" request_time=1.500 upstream_response_time=1.400 host=shop.example`,
      { method: "GET", target: "/", status: 200, seconds: 1.5, host: "shop.example" },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "c" 315 0.003 [default-web-80] [] 10.0.0.2:80 612 0.002 200 3f2a`,
      { method: "GET", target: "/", status: 200, seconds: 0.003 },
    ],
  ],
  "nginx with other numbers, which are no time": [
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0" "2.34"`,
      { method: "GET", target: "/", status: 200 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0" 3.14 rt=-`,
      { method: "GET", target: "/", status: 200 },
    ],
  ],
  Apache: [
    [
      `127.0.0.1 - frank ${DATE} "GET /apache_pb.gif HTTP/1.0" 200 2326`,
      { method: "GET", target: "/apache_pb.gif", status: 200 },
    ],
    [
      `shop.example:443 203.0.113.9 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "x \\"y\\" z"`,
      { method: "GET", target: "/a", status: 200, host: "shop.example:443" },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "-" 4211`,
      { method: "GET", target: "/a", status: 200 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "-" duration_us=4211 host=a.example`,
      { method: "GET", target: "/a", status: 200, seconds: 0.004211, host: "a.example" },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "-" D=4211`,
      { method: "GET", target: "/a", status: 200, seconds: 0.004211 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "-" rt=12ms`,
      { method: "GET", target: "/a", status: 200, seconds: 0.012 },
    ],
    [
      `203.0.113.9 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "-" rt=12`,
      { method: "GET", target: "/a", status: 200 },
    ],
  ],
  "nginx in JSON": [
    [
      `{"time_iso8601":"2025-10-10T13:55:36+00:00","remote_addr":"203.0.113.9","request":"GET /a?b=1 HTTP/1.1","status":"200","request_time":"0.123","upstream_response_time":"0.120","host":"shop.example"}`,
      { method: "GET", target: "/a?b=1", status: 200, seconds: 0.123, host: "shop.example" },
    ],
    [
      `{"request_method":"POST","request_uri":"/b","status":503,"request_time":60.001,"scheme":"https","server_name":"shop.example"}`,
      {
        method: "POST",
        target: "/b",
        status: 503,
        seconds: 60.001,
        host: "shop.example",
        scheme: "https",
      },
    ],
    [
      `{"request":"GET /a HTTP/1.1","status":200,"body_bytes_sent":12}`,
      { method: "GET", target: "/a", status: 200 },
    ],
  ],
  Caddy: [
    [
      `{"level":"info","ts":1760104536.52,"logger":"http.log.access.log0","msg":"handled request","request":{"remote_ip":"127.0.0.1","remote_port":"41342","client_ip":"127.0.0.1","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/items/7?x=1","headers":{"User-Agent":["curl/7.82.0"]},"tls":{"resumed":false,"version":772}},"bytes_read":0,"user_id":"","duration":0.000929675,"size":10900,"status":200,"resp_headers":{"Server":["Caddy"]}}`,
      {
        method: "GET",
        target: "/items/7?x=1",
        status: 200,
        seconds: 0.000929675,
        host: "shop.example",
        scheme: "https",
      },
    ],
    [
      `{"level":"error","logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"localhost","uri":"/"},"duration":"1.5ms","status":502}`,
      {
        method: "GET",
        target: "/",
        status: 502,
        seconds: 0.0015,
        host: "localhost",
        scheme: "http",
      },
    ],
    [
      `{"level":"error","logger":"http.log.access","msg":"handled request","request":{"method":"GET","host":"localhost","uri":"/"},"duration":3.5,"status":0}`,
      { method: "GET", target: "/", seconds: 3.5, host: "localhost", scheme: "http" },
    ],
  ],
  Traefik: [
    [
      `192.168.33.1 - - ${DATE} "GET /health HTTP/1.1" 200 33 "-" "curl/7.81.0" 32 "whoami@docker" "http://192.168.33.3:80" 12ms`,
      { method: "GET", target: "/health", status: 200, seconds: 0.012 },
    ],
    [
      `{"ClientAddr":"192.168.33.1:53820","ClientHost":"192.168.33.1","DownstreamStatus":200,"Duration":2042857,"RequestAddr":"shop.example","RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/a?b=c","RequestProtocol":"HTTP/1.1","RequestScheme":"http","RouterName":"web@docker","ServiceName":"web-svc@docker","level":"info","msg":"","time":"2025-10-10T13:55:36Z"}`,
      {
        method: "GET",
        target: "/a?b=c",
        status: 200,
        seconds: 0.002042857,
        host: "shop.example",
        scheme: "http",
      },
    ],
  ],
  HAProxy: [
    [
      `haproxy[14389]: 10.0.1.2:33317 [06/Feb/2025:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"`,
      { method: "GET", target: "/index.html", status: 200, seconds: 0.109, scheme: "http" },
    ],
    [
      `2001:db8::7:33317 [06/Feb/2025:12:14:14.655] front~ web/<NOSRV> 0/-1/-1/-1/+5001 -1 0 - - CC-- 12/3/0/0/+3 0/0 "POST /upload HTTP/1.1"`,
      { method: "POST", target: "/upload", seconds: 5.001, scheme: "https" },
    ],
  ],
  "HAProxy, cut at its 1,024 characters": [
    [
      `127.0.0.1:38094 [23/Nov/2025:09:24:05.086] fe be/s1 0/0/0/2/2 404 283 - - ---- 1/1/0/0/0 0/0 "GET /uuuuuu`,
      { method: "GET", target: "/uuuuuu", status: 404, seconds: 0.002, scheme: "http" },
    ],
  ],
  gin: [
    [
      `[GIN] 2025/10/10 - 13:55:36 | 200 |     123.456µs |       127.0.0.1 | GET      "/ping?x=1"`,
      { method: "GET", target: "/ping?x=1", status: 200, seconds: 0.000123456 },
    ],
    [
      `[GIN] 2025/10/10 - 13:55:36 | 500 |  1m2.5s |      ::1 | DELETE   "/items/7"`,
      { method: "DELETE", target: "/items/7", status: 500, seconds: 62.5 },
    ],
  ],
  fiber: [
    [
      `13:55:36 | 404 |    1.2345ms |       127.0.0.1 | GET     | /nope       | Cannot GET /nope`,
      { method: "GET", target: "/nope", status: 404, seconds: 0.0012345 },
    ],
  ],
  chi: [
    [
      `2025/10/10 13:55:36 [vm/abc-000001] "GET http://localhost:3000/a HTTP/1.1" from 127.0.0.1:5000 - 200 5B in 12.5µs`,
      { method: "GET", target: "http://localhost:3000/a", status: 200, seconds: 0.0000125 },
    ],
  ],
  echo: [
    [
      `{"time":"2025-10-10T13:55:36.1Z","id":"","remote_ip":"127.0.0.1","host":"localhost:1323","method":"GET","uri":"/users/1","user_agent":"curl","status":200,"error":"","latency":1500000,"latency_human":"1.5ms","bytes_in":0,"bytes_out":13}`,
      {
        method: "GET",
        target: "/users/1",
        status: 200,
        seconds: 0.0015,
        host: "localhost:1323",
      },
    ],
  ],
  "morgan, koa, Next.js": [
    [
      "GET /items 200 12.345 ms - 512",
      { method: "GET", target: "/items", status: 200, seconds: 0.012345 },
    ],
    [
      "GET /items 304 1.100 ms - -",
      { method: "GET", target: "/items", status: 304, seconds: 0.0011 },
    ],
    [
      "POST /items 201 512 - 3.000 ms",
      { method: "POST", target: "/items", status: 201, seconds: 0.003 },
    ],
    ["GET /slow - - ms - -", { method: "GET", target: "/slow" }],
    [
      `127.0.0.1 - - [Fri, 10 Oct 2025 13:55:36 GMT] "GET /items HTTP/1.1" 200 2 "-" "curl"`,
      { method: "GET", target: "/items", status: 200 },
    ],
    [
      "::1 - GET /items HTTP/1.1 200 5 - 3.500 ms",
      { method: "GET", target: "/items", status: 200, seconds: 0.0035 },
    ],
    ["  --> GET /a 200 12ms 5.2kb", { method: "GET", target: "/a", status: 200, seconds: 0.012 }],
    [" GET /about 200 in 42ms", { method: "GET", target: "/about", status: 200, seconds: 0.042 }],
  ],
  uvicorn: [
    [
      `INFO:     127.0.0.1:54321 - "GET /items/1?q=2 HTTP/1.1" 200 OK`,
      { method: "GET", target: "/items/1?q=2", status: 200 },
    ],
    [
      `INFO:     2001:db8::1:54321 - "POST /items HTTP/1.1" 422 Unprocessable Entity`,
      { method: "POST", target: "/items", status: 422 },
    ],
    [
      `2025-10-10 13:55:36,100 - uvicorn.access - INFO - 10.0.0.1:5 - "GET / HTTP/1.1" 200`,
      { method: "GET", target: "/", status: 200 },
    ],
  ],
  "gunicorn, werkzeug, Django, Rack": [
    [
      `127.0.0.1 - - ${DATE} "GET /a HTTP/1.1" 200 5 "-" "curl/8" 0.004321`,
      { method: "GET", target: "/a", status: 200, seconds: 0.004321 },
    ],
    [
      `127.0.0.1 - - [10/Oct/2025 13:55:36] "GET /a HTTP/1.1" 200 -`,
      { method: "GET", target: "/a", status: 200 },
    ],
    [
      `127.0.0.1 - - [10/Oct/2025 13:55:36] "GET /?q="x" HTTP/1.1" 200 -`,
      { method: "GET", target: '/?q="x"', status: 200 },
    ],
    [
      `INFO:werkzeug:127.0.0.1 - - [10/Oct/2025 13:55:36] "GET /a HTTP/1.1" 404 -`,
      { method: "GET", target: "/a", status: 404 },
    ],
    [
      `[10/Oct/2025 13:55:36] "GET /admin/ HTTP/1.1" 200 4211`,
      { method: "GET", target: "/admin/", status: 200 },
    ],
    [
      `127.0.0.1 - - ${DATE} "GET /a HTTP/1.1" 200 - 0.0123`,
      { method: "GET", target: "/a", status: 200, seconds: 0.0123 },
    ],
  ],
  actix: [
    [
      `[2025-10-10T13:55:36Z INFO  actix_web::middleware::logger] 127.0.0.1 "GET /a HTTP/1.1" 200 12 "-" "curl/8" 0.000123`,
      { method: "GET", target: "/a", status: 200, seconds: 0.000123 },
    ],
  ],
  "Rails with lograge": [
    [
      `method=GET path=/jobs/833552.json format=json controller=JobsController action=show status=200 duration=58.33 view=40.43 db=15.26`,
      { method: "GET", target: "/jobs/833552.json", status: 200, seconds: 0.05833 },
    ],
    [
      `I, [2025-10-10T13:55:36.123456 #7]  INFO -- : [3f2a] method=POST path=/jobs format=html controller=JobsController action=create status=302 duration=7.00 location=http://a/`,
      { method: "POST", target: "/jobs", status: 302, seconds: 0.007 },
    ],
  ],
  "ASP.NET Core": [
    [
      `      Request finished HTTP/1.1 GET http://localhost:5000/api/items?x=1 - 200 - application/json;+charset=utf-8 12.3456ms`,
      {
        method: "GET",
        target: "http://localhost:5000/api/items?x=1",
        status: 200,
        seconds: 0.0123456,
      },
    ],
    [
      `info: Microsoft.AspNetCore.Hosting.Diagnostics[2] Request finished HTTP/2 POST https://a.example/api - application/json 17 - 500 0 - 3.1000ms`,
      { method: "POST", target: "https://a.example/api", status: 500, seconds: 0.0031 },
    ],
    [
      `[13:55:36 INF] HTTP GET /api/items responded 200 in 12.3456 ms`,
      { method: "GET", target: "/api/items", status: 200, seconds: 0.0123456 },
    ],
  ],
  PHP: [
    [
      `172.18.0.3 -  10/Oct/2025:13:55:36 +0000 "GET /index.php" 200`,
      { method: "GET", target: "/index.php", status: 200 },
    ],
    [
      `172.18.0.3 -  ${DATE} "GET /index.php HTTP/1.1" 200 5 duration_us=1200`,
      { method: "GET", target: "/index.php", status: 200, seconds: 0.0012 },
    ],
    [
      `[Fri Oct 10 13:55:36 2025] 127.0.0.1:54321 [200]: GET /a`,
      { method: "GET", target: "/a", status: 200 },
    ],
  ],
};

/** Access lines of what was no HTTP request: seen, and not counted. */
export const LINES_WITHOUT_REQUEST: readonly string[] = [
  `203.0.113.9 - - ${DATE} "\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03" 400 157 "-" "-"`,
  `203.0.113.9 - - ${DATE} "-" 400 0 "-" "-"`,
  `203.0.113.9 - - ${DATE} "-" 408 0`,
  `203.0.113.9 - - ${DATE} "" 400 0 "-" "-"`,
  `203.0.113.9 - - ${DATE} "t3 12.1.2" 400 157 "-" "-"`,
  `203.0.113.9 - - ${DATE} "SSH-2.0-Go" 400 157 "-" "-"`,
  `10.0.1.2:33317 [06/Feb/2025:12:14:14.655] http-in http-in/<NOSRV> -1/-1/-1/-1/0 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"`,
  `{"request":"","status":"400","request_time":"0.000","body_bytes_sent":"0"}`,
];

/** Lines of applications: some look much like access lines. None may count. */
export const OTHER_LINES: readonly string[] = [
  "",
  " ",
  "listening on 3000",
  `upstream said "GET /x HTTP/1.1" 200 in 12ms`,
  `2025-10-10 13:55:36 INFO calling "GET /x HTTP/1.1" 200`,
  `2025-10-10 13:55:36 ERROR bad answer: 203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 502 5`,
  `Parsed line: 203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200 5 "-" "-"`,
  `INFO server: started ${DATE} "GET / HTTP/1.1" 200 5`,
  `- "GET / HTTP/1.1" 200 is what the health check sends`,
  `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 200`,
  `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" 999 5`,
  `203.0.113.9 - - ${DATE} "GET / HTTP/1.1" two 5`,
  `203.0.113.9 - - ${DATE} GET / HTTP/1.1 200 5`,
  `203.0.113.9 - - ${DATE} "GET / HTTP/1.1`,
  `GET /x failed with 200`,
  `GET https://api.example.com/items 200 in 34ms`,
  `GET https://api.example.com/items 200 12.3 ms - 5`,
  `INFO:httpx:HTTP Request: GET https://api.example.com/items "HTTP/1.1 200 OK"`,
  `DEBUG:urllib3.connectionpool:http://localhost:80 "GET /x HTTP/1.1" 200 5`,
  `[13:55:36 INF] HTTP GET https://api.example.com/items responded 200 in 12.3 ms`,
  `GET /items 200`,
  `GET the parcel 200 ms - 5`,
  `get /items 200 12.3 ms - 5`,
  `Request finished in 12ms`,
  `Request finished HTTP/1.1 GET /relative - 200 - - 12ms`,
  `we think Request finished HTTP/1.1 GET http://a/ - 200 - - 12.3ms`,
  `Completed 200 OK in 12ms (Views: 8.0ms | ActiveRecord: 2.0ms)`,
  `Started GET "/items" for 127.0.0.1 at 2025-10-10 13:55:36 +0000`,
  `method=GET path=/a status=200`,
  `level=info method=GET path=/a status=200 duration=12.3`,
  `[GIN-debug] GET    /ping                     --> main.main.func1 (3 handlers)`,
  `[GIN] 2025/10/10 - 13:55:36 | panic recovered`,
  `13:55:36 | 200 |`,
  `HTTP GET /x responded 200 in 12 ms`,
  `{"level":"info","message":"request done","method":"GET","url":"/items","status":200,"duration":12}`,
  `{"level":30,"time":1760104536520,"req":{"method":"GET","url":"/"},"res":{"statusCode":200},"responseTime":12,"msg":"request completed"}`,
  `{"level":"info","ts":1760104536.5,"logger":"http.handlers.reverse_proxy","msg":"selected upstream","request":{"method":"GET","uri":"/"},"status":200}`,
  `{"level":"info","msg":"saw \\"http.log.access\\"","request":{"method":"GET","uri":"/"},"status":200}`,
  `{"status":200,"request_time":0.1}`,
  `{"status":"done","body_bytes_sent":12,"method":"GET","uri":"/"}`,
  `{"DownstreamStatus":"many"}`,
  `{"status":200,"request_time":`,
  `{}`,
  `{"status"`,
  `[1,2,3]`,
  `\u0000\u0001\u0002`,
  `"GET / HTTP/1.1" 200 5`,
  `HTTP/1.1 200 OK`,
  `127.0.0.1 - "hello" 200`,
  `[Fri Oct 10 13:55:36 2025] PHP Warning: Undefined variable in /app/index.php`,
  `NOTICE: fpm is running, pid 1`,
  `2025/10/10 13:55:36 [error] 31#31: *1 open() "/usr/share/nginx/html/x" failed (2: No such file or directory), client: 203.0.113.9, server: localhost, request: "GET /x HTTP/1.1", host: "localhost"`,
  `[Fri Oct 10 13:55:36.123456 2025] [core:error] [pid 1] [client 203.0.113.9:5] AH00126: Invalid URI in request GET /x HTTP/1.1`,
];
