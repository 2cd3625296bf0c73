// First: what goes wrong in the others is told, too.
import "./observe.js";
import { startHealth } from "./health.js";
import { startPostDialog } from "./post-dialog.js";
import { showPosts, startPosts } from "./posts.js";
import { startReport } from "./report.js";
import { startTrouble } from "./trouble.js";
import { showWeather, startWeather } from "./weather.js";

startReport();
startTrouble();
await Promise.all([
  startPosts(),
  startPostDialog(showPosts),
  startWeather(),
  startHealth(() => Promise.all([showPosts(), showWeather()])),
]);
