/** Modules of provisioning/blackbox/blackbox.yml; a test holds the two lists together. */
export const PROBE_MODULES = {
  url: "http_2xx",
  tcp: "tcp_connect",
  tls: "tls_connect",
} as const;

export const KNOWN_MODULES: readonly string[] = [
  ...Object.values(PROBE_MODULES),
  "http_post_2xx",
  "https_2xx",
];
