import type { Meta } from "@grafana/faro-core";
import { NOW } from "./rig.ts";

export const META: Meta = {
  app: { name: "another name", version: "1.4.2", installationId: "installation-1" },
  user: { id: "user-1", email: "ann@example.com" },
  session: { id: "session-1", attributes: { previousSession: "session-0" } },
  page: { url: "https://shop.example/orders/17?token=x#top" },
  browser: {
    name: "Chrome",
    version: "140.0.0.0",
    os: "Windows 10.0",
    mobile: false,
    language: "de",
  },
};

/** As Faro writes a time. */
export const at = (millis: number): string => new Date(NOW + millis).toISOString();

/** One error in the words of three engines, thrown by the same line of the same build. */
export const STACKS = {
  chrome: {
    type: "TypeError",
    message: "Cannot read properties of undefined (reading 'total')",
    stack: `TypeError: Cannot read properties of undefined (reading 'total')
    at Object.sumOf (https://shop.example/assets/cart-BaS3fGHj.js:1:2034)
    at HTMLButtonElement.onPay (https://shop.example/assets/main-Zx81kQwe.js:2:77)`,
  },
  firefox: {
    type: "TypeError",
    message: `can't access property "total", e.items is undefined`,
    stack: `sumOf@https://shop.example/assets/cart-BaS3fGHj.js:1:2034
onPay@https://shop.example/assets/main-Zx81kQwe.js:2:77
`,
  },
  safari: {
    type: "TypeError",
    message: "undefined is not an object (evaluating 'e.items.total')",
    stack: `sumOf@https://shop.example/assets/cart-BaS3fGHj.js:1:2040
onPay@https://shop.example/assets/main-Zx81kQwe.js:2:82`,
  },
} as const;

/** An error as a browser would have made it. */
export function thrown({ type, message, stack }: (typeof STACKS)[keyof typeof STACKS]): Error {
  const error = new Error(message);
  error.name = type;
  error.stack = stack;
  return error;
}
