import type { IncomingMessage } from "node:http";
import type { GatewayApp } from "@sightline/core";
import type { Clock } from "@sightline/wire";
import type { DoorSettings } from "../config/door-settings.ts";
import type { Intake } from "../intake/intake.ts";
import { type ByteShare, createByteRoom } from "../limits/byte-room.ts";
import { addressGroup, clientAddress } from "../limits/client-address.ts";
import type { RequestLimits } from "../limits/request-limits.ts";
import { createTurns } from "../limits/turns.ts";
import type { Answer } from "./answer.ts";
import { corsHeaders, preflightHeaders } from "./cors.ts";
import { type ContentEncoding, inflateBody, parseEncoding } from "./inflate.ts";
import type { Outcome } from "./outcome.ts";
import { parsePayload } from "./parse-payload.ts";
import type { Target } from "./read-address.ts";
import { readBody } from "./read-body.ts";

export interface DoorOptions {
  /** As they are now: they change while the gateway runs. */
  settings(): DoorSettings;
  readonly limits: RequestLimits;
  readonly intake: Intake;
  readonly clock: Clock;
  /** Bodies under way, all together, decompressed. Default 32 MiB, or 8 bodies of the largest size. */
  readonly maxBytesUnderWay?: number;
}

export type Collect = Extract<Target, { readonly kind: "collect" }>;

/** Decides about requests to `/c/<key>`: who may send, how much, and what is a payload. */
export interface Door {
  /**
   * @param beforeBody called before the first byte of the body is asked for.
   */
  collect(request: IncomingMessage, target: Collect, beforeBody: () => void): Promise<Answer>;
}

const BYTES_UNDER_WAY = 33_554_432;
/** As many as Node's pool has threads: more would only hold more output at a time. */
const INFLATED_AT_A_TIME = 4;
/** A payload of Faro's size limit has a few thousand. */
const MAX_VALUES = 50_000;
const OVERLOADED_RETRY_SECONDS = 2;

export function createDoor(options: DoorOptions): Door {
  const { settings, limits, intake, clock } = options;
  const room = createByteRoom(
    // A quarter of it is one address's, which has to hold a body of any size that is allowed.
    () => options.maxBytesUnderWay ?? Math.max(BYTES_UNDER_WAY, 8 * settings().maxInflatedBytes),
  );
  const inflateTurn = createTurns(INFLATED_AT_A_TIME);

  async function takeRequest(exchange: Admitted): Promise<Verdict> {
    const { request, app } = exchange;
    const encoding = parseEncoding(request.headers["content-encoding"]);
    if (!isPayloadType(request.headers["content-type"])) return { outcome: "wrong_type" };
    if (encoding === undefined) return { outcome: "wrong_encoding" };
    const address = addressGroup(
      clientAddress(request.socket.remoteAddress, forwardedFor(request), settings().trusted),
    );
    const verdict = limits.admit(app, address);
    if (verdict.status === "over") {
      return { outcome: verdict.limit, retryAfterSeconds: verdict.retryAfterSeconds };
    }
    const share = room.enter(address);
    try {
      return await takeBody({ ...exchange, address, encoding, share });
    } finally {
      share.leave();
    }
  }

  async function takeBody(exchange: Measured): Promise<Verdict> {
    const { request, target, app, address, encoding, share } = exchange;
    const { maxBodyBytes, maxInflatedBytes, maxDepth } = settings();
    exchange.beforeBody();
    const body = await readBody(request, share, maxBodyBytes);
    if (body.status !== "ok") {
      limits.spend(app, address, 0, body.length);
      return refusal(body.status);
    }
    const inflated = await inflateTurn(() => inflateBody(body.bytes, encoding, maxInflatedBytes));
    const bytes = inflated.status === "ok" ? inflated.bytes.length : body.bytes.length;
    const isBomb = inflated.status === "inflated_too_large";
    limits.spend(app, address, bytes, isBomb ? maxInflatedBytes : bytes);
    if (inflated.status !== "ok") return { outcome: inflated.status };
    if (!share.resize(bytes)) return refusal("overloaded");
    const parsed = parsePayload(inflated.bytes, { maxDepth, maxValues: MAX_VALUES });
    if (parsed.status !== "ok") return { outcome: parsed.status };
    const taken = await intake.take({
      app,
      payload: parsed.payload,
      bytes,
      receivedAtMillis: clock.now(),
      sentAtMillis: target.sentAtMillis,
    });
    if (taken.status === "safe") return { outcome: "accepted" };
    if (taken.status === "malformed") return { outcome: "malformed" };
    return { outcome: "busy", retryAfterSeconds: taken.retryAfterSeconds };
  }

  return {
    async collect(request, target, beforeBody) {
      const { apps } = settings();
      const app = apps.get(target.key);
      const { method } = request;
      const isPreflight =
        method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
      if (method !== "POST" && !isPreflight) {
        return {
          outcome: "wrong_method",
          headers: { allow: "OPTIONS, POST" },
          ...(app && { app }),
        };
      }
      // Its status may be read by any page: a developer who mistyped the key should see that.
      if (app === undefined) return { outcome: "unknown_key", headers: corsHeaders("*") };
      const { origin } = request.headers;
      if (origin === undefined) return { outcome: app.enabled ? "no_origin" : "disabled", app };
      if (!app.origins.includes(origin)) {
        return { outcome: app.enabled ? "wrong_origin" : "disabled", app };
      }
      if (isPreflight) {
        const asked = request.headers["access-control-request-method"];
        const headers = preflightHeaders(origin);
        return { outcome: asked === "POST" ? "preflight" : "wrong_method", app, headers };
      }
      const headers = corsHeaders(origin);
      if (!app.enabled) return { outcome: "disabled", app, headers };
      return { app, headers, ...(await takeRequest({ request, target, app, beforeBody })) };
    },
  };
}

interface Admitted {
  readonly request: IncomingMessage;
  readonly target: Collect;
  readonly app: GatewayApp;
  readonly beforeBody: () => void;
}

interface Measured extends Admitted {
  readonly address: string;
  readonly encoding: ContentEncoding;
  readonly share: ByteShare;
}

interface Verdict {
  readonly outcome: Outcome;
  readonly retryAfterSeconds?: number;
}

function refusal(outcome: "overloaded" | "body_too_large" | "aborted"): Verdict {
  if (outcome !== "overloaded") return { outcome };
  return { outcome, retryAfterSeconds: OVERLOADED_RETRY_SECONDS };
}

/** Two types need no list of parameters: what is not UTF-8 fails as JSON. */
function isPayloadType(header: string | undefined): boolean {
  const [type = ""] = (header ?? "").split(";");
  const name = type.trim().toLowerCase();
  return name === "text/plain" || name === "application/json";
}

function forwardedFor({ headers }: IncomingMessage): string | undefined {
  const given = headers["x-forwarded-for"];
  return Array.isArray(given) ? given.join(",") : given;
}
