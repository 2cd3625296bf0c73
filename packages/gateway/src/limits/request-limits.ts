import type { GatewayApp } from "@sightline/core";
import { LRUCache } from "lru-cache";
import {
  type BucketRate,
  createBucket,
  hasTokens,
  secondsUntilTokens,
  type TokenBucket,
  takeTokens,
} from "./token-bucket.ts";

export type LimitVerdict =
  | { readonly status: "within" }
  | {
      readonly status: "over";
      readonly limit: "address_limit" | "key_limit";
      readonly retryAfterSeconds: number;
    };

/** What each app's pages and each address may send in a minute. */
export interface RequestLimits {
  /** Counts a request of an address, before its body is read. */
  admit(app: GatewayApp, address: string): LimitVerdict;
  /**
   * Counts a body.
   *
   * @param bytes decompressed, or as it came where that was too much.
   * @param workBytes what it cost to look at; the address alone pays for a bomb, not the app's pages.
   */
  spend(app: GatewayApp, address: string, bytes: number, workBytes: number): void;
}

export interface RequestLimitsOptions {
  now(): number;
  /** Addresses that are known at a time; the one that was quiet longest is forgotten. Default 100,000. */
  readonly maxAddresses?: number;
}

/** So that one sender cannot use up what all pages of an app may send. */
const ADDRESS_SHARE_RATIO = 0.25;
const WITHIN: LimitVerdict = { status: "within" };

interface AddressBuckets {
  readonly requests: TokenBucket;
  readonly bytes: TokenBucket;
}

export function createRequestLimits(options: RequestLimitsOptions): RequestLimits {
  const { now } = options;
  const addresses = new LRUCache<string, AddressBuckets>({ max: options.maxAddresses ?? 100_000 });
  const apps = new Map<string, TokenBucket>();

  function bucketsOf(app: GatewayApp, address: string): AddressBuckets {
    const id = `${app.serviceName} ${address}`;
    let found = addresses.get(id);
    if (found === undefined) {
      found = {
        requests: createBucket(requestRate(app), now()),
        bytes: createBucket(shareRate(app), now()),
      };
      addresses.set(id, found);
    }
    return found;
  }

  function bytesOf(app: GatewayApp): TokenBucket {
    let found = apps.get(app.serviceName);
    if (found === undefined) {
      found = createBucket(byteRate(app), now());
      apps.set(app.serviceName, found);
    }
    return found;
  }

  return {
    admit(app, address) {
      const own = bucketsOf(app, address);
      const nowMillis = now();
      const tests = [
        ["address_limit", own.requests, requestRate(app)],
        ["address_limit", own.bytes, shareRate(app)],
        ["key_limit", bytesOf(app), byteRate(app)],
      ] as const;
      for (const [limit, bucket, rate] of tests) {
        if (hasTokens(bucket, rate, nowMillis)) continue;
        return { status: "over", limit, retryAfterSeconds: secondsUntilTokens(bucket, rate) };
      }
      takeTokens(own.requests, 1);
      return WITHIN;
    },
    spend(app, address, bytes, workBytes) {
      takeTokens(bucketsOf(app, address).bytes, workBytes);
      takeTokens(bytesOf(app), bytes);
    },
  };
}

function requestRate({ maxRequestsPerMinute }: GatewayApp): BucketRate {
  return { perMinute: maxRequestsPerMinute };
}

function byteRate({ maxBytesPerMinute }: GatewayApp): BucketRate {
  return { perMinute: maxBytesPerMinute };
}

function shareRate({ maxBytesPerMinute }: GatewayApp): BucketRate {
  return { perMinute: maxBytesPerMinute * ADDRESS_SHARE_RATIO };
}
