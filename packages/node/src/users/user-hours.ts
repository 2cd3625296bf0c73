import { HLL_GROUPS, HLL_REGISTERS, hllGroup, hllRegister } from "@sightline/core";

/** What a server learns of a user: seen, and met by an error. */
export type UserSign = "active" | "errored";

export type UserHours = {
  /**
   * Whether this sign of this user is to be written down: the first time in its hour. Beyond the
   * limit only where it changes the estimate.
   */
  isNew(userHash: string, sign: UserSign, nowMillis: number): boolean;
  /** Signs beyond the limit since the start, of users new and known: they cannot be told apart. */
  overLimit(): number;
};

const HOUR_MILLIS = 3_600_000;
/** This hour and the one before: a clock that steps back a little finds whom it has seen. */
const KEPT_HOURS = 2;
const BIT: Readonly<Record<UserSign, number>> = { active: 1, errored: 2 };

type Hour = {
  readonly number: number;
  /** Bits of the signs of each user. */
  readonly signs: Map<string, number>;
  readonly ranks: Readonly<Record<UserSign, Uint8Array>>;
};

/**
 * Remembers who was seen in an hour, for at most `maxUsers` of them. Past that, a user is written
 * down only if that raises a register of HyperLogLog in this process: no other record could change
 * what the queries estimate, so that the estimate stays as good, and both memory and records stay
 * bounded however many users come.
 */
export function createUserHours(maxUsers: number): UserHours {
  let hours: readonly Hour[] = [];
  let overLimit = 0;

  function hourOf(nowMillis: number): Hour {
    const number = Math.floor(nowMillis / HOUR_MILLIS);
    const found = hours.find((hour) => hour.number === number) ?? createHour(number);
    if (found !== hours[0]) {
      hours = [found, ...hours.filter((hour) => hour !== found)].slice(0, KEPT_HOURS);
    }
    return found;
  }

  return {
    isNew(userHash, sign, nowMillis) {
      const { signs, ranks } = hourOf(nowMillis);
      const known = signs.get(userHash);
      if (known !== undefined && (known & BIT[sign]) !== 0) return false;
      const isHigher = raiseRank(ranks[sign], userHash);
      if (known === undefined && signs.size >= maxUsers) {
        overLimit += 1;
        return isHigher;
      }
      signs.set(userHash, (known ?? 0) | BIT[sign]);
      return true;
    },
    overLimit: () => overLimit,
  };
}

function createHour(number: number): Hour {
  const size = HLL_GROUPS * HLL_REGISTERS;
  const ranks = { active: new Uint8Array(size), errored: new Uint8Array(size) };
  return { number, signs: new Map(), ranks };
}

/** Whether the user's rank is the highest so far in its register. */
function raiseRank(ranks: Uint8Array, userHash: string): boolean {
  const { ui, ur } = hllRegister(userHash);
  const place = hllGroup(userHash) * HLL_REGISTERS + ui;
  if (ur <= (ranks[place] ?? 0)) return false;
  ranks[place] = ur;
  return true;
}
