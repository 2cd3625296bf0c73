import { ConsoleInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/console";
import { ErrorsInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/errors";
import { NavigationInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/navigation";
import { UserActionInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/user-action";
import { WebVitalsInstrumentation } from "@opentelemetry/browser-instrumentation/experimental/web-vitals";
import { quickStartBrowserSdk } from "@opentelemetry/browser-sdk";

quickStartBrowserSdk({
  serviceName: "page",
  serviceVersion: "1.0.0",
  exportUrl: globalThis.SINK_URL,
  logLevel: "NONE",
});
for (const instrumentation of [
  new ConsoleInstrumentation(),
  new ErrorsInstrumentation(),
  new NavigationInstrumentation(),
  new UserActionInstrumentation(),
  new WebVitalsInstrumentation(),
]) {
  instrumentation.enable();
}
