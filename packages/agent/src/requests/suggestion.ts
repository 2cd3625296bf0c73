import type { Writer } from "./formats/line-format.ts";

const NGINX = `in nginx, in the http block:
  log_format sightline '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time host=$host';
and where the log is: access_log <its path> sightline;`;

const APACHE = `in Apache:
  LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" duration_us=%D host=%V" sightline
and where the log is: CustomLog <its path> sightline`;

/** What to add so that lines have a duration, by who writes them. */
const LINES: Readonly<Record<Writer, string>> = {
  nginx: `in nginx, add to the log_format: "request_time":$request_time`,
  Apache: APACHE,
  "nginx or Apache": `${NGINX}\n${APACHE}
For gunicorn: --access-logformat '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(L)s'
For Tomcat 10: pattern="%h %l %u %t &quot;%r&quot; %s %b duration_us=%D" (Tomcat 9: duration_ms=%D)`,
  uvicorn: `uvicorn cannot write the time. Run it below gunicorn (gunicorn -k uvicorn_worker.UvicornWorker), or read the access log of the proxy before it: accessLogs.split`,
  "PHP-FPM": `in the pool of PHP-FPM: access.format = "%R - %u [%{%d/%b/%Y:%H:%M:%S %z}t] \\"%m %r%Q%q HTTP/1.1\\" %s %l duration_us=%{micro}d"`,
  PHP: `PHP's built-in server cannot write the time; read the access log of the proxy before it: accessLogs.split`,
  other: `the format can be given by hand: accessLogs.formats with "format": "pattern" and a group "duration_s", "duration_ms" or "duration_us"`,
};

/** One message for people, for a service whose requests are counted and not timed. */
export function describeMissingDuration(service: string, writer: Writer): string {
  return `The access lines of "${service}" have no duration: its requests and errors are counted, and there is no latency. To have it: ${LINES[writer]}`;
}
