import { expect, it } from "vitest";
import { browserMeta } from "../../src/page/browser-meta.ts";

it.each([
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    { name: "Edge", version: "140.0.0.0", os: "Windows 10.0", mobile: false },
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1",
    { name: "Safari", version: "18.2", os: "iOS 18.2", mobile: true },
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
    { name: "Chrome", version: "126.0.6478.54", os: "iOS 17.5", mobile: true },
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    { name: "Safari", version: "26.1", os: "macOS 10.15.7", mobile: false },
  ],
  [
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    { name: "Samsung Internet", version: "25.0", os: "Android 14", mobile: true },
  ],
  [
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    { name: "Firefox", version: "144.0", os: "Linux", mobile: false },
  ],
  ["curl/8", { name: "unknown", version: "", os: "unknown", mobile: false }],
])("reads %s", (userAgent, expected) => {
  expect(browserMeta(userAgent, "en")).toEqual({ ...expected, language: "en" });
});
