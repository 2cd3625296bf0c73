import { send } from "./api.js";
import { byId, element } from "./page.js";

export async function showWeather() {
  const target = byId("weather");
  const button = byId("weather-again");
  button.disabled = true;
  target.textContent = "Asking the weather service …";
  try {
    const weather = await send("GET", "/api/weather?city=Porto");
    target.replaceChildren(
      element("strong", { text: `${weather.celsius} °C` }),
      weather.sky,
      element("small", { text: `answered in ${weather.durationMillis} ms` }),
    );
  } catch (error) {
    target.replaceChildren("Not available right now", element("small", { text: error.message }));
  } finally {
    button.disabled = false;
  }
}

export function startWeather() {
  byId("weather-again").addEventListener("click", showWeather);
  return showWeather();
}
