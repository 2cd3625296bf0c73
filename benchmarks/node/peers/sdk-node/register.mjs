import { NodeSDK } from "@opentelemetry/sdk-node";

/** As opentelemetry.io has it, without any instrumentation; exporters by `OTEL_*`. */
new NodeSDK().start();
