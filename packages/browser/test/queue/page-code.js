// Bundled by the tests and served as /outbox.js: what they call in the page.
import { createOutbox } from "../../src/queue/create-outbox.ts";

const code = {
  outbox: undefined,
  warnings: [],
  start(options) {
    code.outbox = createOutbox({
      fetch: window.fetch.bind(window),
      warn: (text) => code.warnings.push(text),
      ...options,
    });
  },
  /** Returns at once; `await code.outbox.stored()` for the end of the write. */
  add(kind, ids, { meta = { session: { id: "s1" }, app: { name: "shop" } }, padding = 0 } = {}) {
    code.outbox.add(ids.map((id) => makeItem(kind, id, meta, "x".repeat(padding))));
  },
  /** Everything in the store of this key, by its keys. */
  entries(key) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(`sightline:${key}`);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const request = opening.result.transaction("entries").objectStore("entries").getAll();
        request.onsuccess = () => {
          opening.result.close();
          resolve(request.result);
        };
      };
    });
  },
};
window.code = code;

function makeItem(kind, id, meta, filler) {
  const timestamp = new Date().toISOString();
  const payloads = {
    exception: { type: "Error", value: id, timestamp, context: { filler } },
    measurement: { type: "web-vitals", values: { lcp: 1 }, timestamp, context: { id, filler } },
    event: { name: id, timestamp, attributes: { filler } },
    log: { message: id, level: "info", timestamp, context: { filler } },
  };
  return { type: kind, payload: payloads[kind], meta };
}
