import { logs } from "@opentelemetry/api-logs";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { OpenTelemetryTransportV3 } from "@opentelemetry/winston-transport";
import { openWinston } from "../../programs/winston-base.mjs";

/**
 * As its README has it, with the batch processor and the OTLP exporter that OpenTelemetry recommends
 * for production, at their defaults. Version 0.34 of the transport takes the API of SDK line 0.223.
 */
export function open({ otlpUrl, service, sibling }) {
  const exporter = new OTLPLogExporter({ url: `${otlpUrl}/v1/logs` });
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  logs.setGlobalLoggerProvider(provider);
  // As opentelemetry.io has it for Node: "gracefully shut down the SDK on process exit".
  process.on("SIGTERM", () => void provider.shutdown().finally(() => process.exit(0)));
  return {
    write: openWinston([new OpenTelemetryTransportV3()], sibling),
    flush: () => provider.forceFlush(),
  };
}
