/** Grafana migrates older versions when it loads them; 39 is that of Grafana 10.3. */
export const SCHEMA_VERSION = 39;
