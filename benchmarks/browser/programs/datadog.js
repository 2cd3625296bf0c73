import "./datadog-logs.js";
import "./datadog-rum.js";
