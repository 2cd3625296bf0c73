import type { Behaviour } from "./third-party-behaviour.ts";

/** The board gives the weather service this long and then goes on without it. */
const WEATHER_TIMEOUT_MILLIS = 1_200;
/** From here on an answer is worth a warning. */
export const WEATHER_SLOW_MILLIS = 400;

interface Forecast {
  readonly city: string;
  readonly celsius: number;
  readonly sky: string;
}

export type WeatherResult =
  | { readonly kind: "forecast"; readonly forecast: Forecast; readonly durationMillis: number }
  | { readonly kind: "unavailable"; readonly error: Error; readonly durationMillis: number }
  | { readonly kind: "timeout"; readonly error: Error; readonly durationMillis: number };

export interface WeatherQuery {
  readonly city: string;
  readonly simulate?: Behaviour;
}

export async function readWeather(baseUrl: string, query: WeatherQuery): Promise<WeatherResult> {
  const startedAt = performance.now();
  const durationMillis = () => Math.round(performance.now() - startedAt);
  const url = new URL("/weather", baseUrl);
  url.searchParams.set("city", query.city);
  if (query.simulate !== undefined) url.searchParams.set("simulate", query.simulate);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WEATHER_TIMEOUT_MILLIS) });
    if (!response.ok) throw new Error(`it answered ${response.status}: ${await response.text()}`);
    const forecast = (await response.json()) as Forecast;
    return { kind: "forecast", forecast, durationMillis: durationMillis() };
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
    const what = isTimeout
      ? `the weather service gave no answer within ${WEATHER_TIMEOUT_MILLIS} ms`
      : "the weather service failed";
    return {
      kind: isTimeout ? "timeout" : "unavailable",
      error: new Error(what, { cause }),
      durationMillis: durationMillis(),
    };
  }
}

/** Mean temperature of a month, for the report. Slow, and expected to answer. */
export async function readClimate(
  baseUrl: string,
  month: string,
  signal: AbortSignal,
): Promise<number> {
  const url = new URL("/climate", baseUrl);
  url.searchParams.set("month", month);
  const response = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(WEATHER_TIMEOUT_MILLIS)]),
  });
  if (!response.ok) throw new Error(`the climate of ${month} was answered with ${response.status}`);
  return ((await response.json()) as { readonly celsius: number }).celsius;
}
