/** As its README has it: `--import @sightline/node/register`, set by `OTEL_*`. */
import "@sightline/node/register";
