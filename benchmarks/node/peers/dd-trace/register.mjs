/** As docs.datadoghq.com has it for ES modules: `--import dd-trace/initialize.mjs`, set by `DD_*`. */
import "dd-trace/initialize.mjs";
