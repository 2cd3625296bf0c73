import { Router } from "express";
import { loggerOf } from "../logger.ts";
import { BEHAVIOURS } from "../third-party-behaviour.ts";
import { type FieldFault, parseChoice, parseText, sendInvalid } from "../validation.ts";
import { readWeather, WEATHER_SLOW_MILLIS, type WeatherQuery } from "../weather.ts";

const CHOICES = ["as-it-comes", ...BEHAVIOURS] as const;

export function weatherRoutes(weatherUrl: string): Router {
  const router = Router();
  router.get("/api/weather", async (request, response) => {
    const faults: FieldFault[] = [];
    const city = parseText({ city: "Porto", ...request.query }, "city", 60, faults);
    const simulate = parseChoice(request.query, "simulate", CHOICES, faults);
    if (faults.length > 0) return sendInvalid(response, faults);
    const query: WeatherQuery = simulate === "as-it-comes" ? { city } : { city, simulate };
    const result = await readWeather(weatherUrl, query);
    const logger = loggerOf(response);
    const { kind, durationMillis } = result;
    if (kind !== "forecast") {
      logger.error(result.error.message, { error: result.error, kind, durationMillis });
      const status = kind === "timeout" ? 504 : 502;
      return void response.status(status).json({ error: { message: result.error.message } });
    }
    if (durationMillis >= WEATHER_SLOW_MILLIS) {
      logger.warn("the weather service is slow", { durationMillis });
    }
    response.json({ ...result.forecast, durationMillis });
  });
  return router;
}
