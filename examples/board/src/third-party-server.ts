import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { createRandom } from "./random.ts";
import { BEHAVIOURS, type Behaviour, behaviourOf } from "./third-party-behaviour.ts";

const SLOW_MILLIS = 650;
const CLIMATE_MILLIS = 120;
const SKIES = ["clear", "cloudy", "light rain", "windy", "fog"] as const;

/**
 * A stand-in for somebody else's weather service. `GET /weather?city=` misbehaves in a known order;
 * `&simulate=` asks for one behaviour and does not count. `GET /climate?month=` is slow but sure.
 */
export function createWeatherServer(seed: number): Server {
  let requestNumber = 0;
  return createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://weather.invalid");
    if (url.pathname === "/climate") return void answerClimate(response, url);
    if (url.pathname !== "/weather") return answer(response, 404, { error: "no such page" });
    const asked = BEHAVIOURS.find((known) => known === url.searchParams.get("simulate"));
    const behaviour = asked ?? behaviourOf(seed, requestNumber++);
    return void answerWeather(response, url.searchParams.get("city") ?? "", behaviour);
  });
}

async function answerWeather(
  response: ServerResponse,
  city: string,
  behaviour: Behaviour,
): Promise<void> {
  if (behaviour === "silent") return;
  if (behaviour === "unavailable") {
    return answer(response, 503, { error: "too many requests from this plan" });
  }
  if (behaviour === "slow") await after(SLOW_MILLIS);
  const random = createRandom(seedOf(city));
  answer(response, 200, {
    city,
    celsius: Math.round(random() * 30 - 2),
    sky: SKIES[Math.floor(random() * SKIES.length)] ?? SKIES[0],
  });
}

async function answerClimate(response: ServerResponse, url: URL): Promise<void> {
  await after(CLIMATE_MILLIS);
  const month = url.searchParams.get("month") ?? "";
  // A year in Porto: coldest in January, warmest in July.
  const monthOfYear = Number(month.slice(5, 7)) || 1;
  const celsius = Math.round(15 - 6 * Math.cos(((monthOfYear - 1) / 6) * Math.PI));
  answer(response, 200, { month, celsius });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function seedOf(text: string): number {
  return [...text].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0, 7);
}
