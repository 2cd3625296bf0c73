import type { Fault } from "../fault.ts";
import type { SpecDocument } from "../spec/read-spec.ts";
import { compileAlerts } from "./alerts/compile-alerts.ts";
import { checkApps } from "./apps/check-apps.ts";
import { gatewaySettings } from "./apps/gateway-settings.ts";
import { compileContacts } from "./contacts/compile-contacts.ts";
import { compileGrafanaObjects } from "./grafana-objects/compile-grafana-objects.ts";
import type { AlertRule, DashboardFile, Model, ModelTarget, ModelUrls } from "./model.ts";
import { compilePack } from "./pack/compile-pack.ts";
import { compileProbes } from "./probes/compile-probes.ts";
import { compileRecords } from "./records/compile-records.ts";
import { compileRoutes } from "./routes/compile-routes.ts";
import { findSharedIds } from "./shared-ids.ts";
import { compileSlos } from "./slos/compile-slos.ts";

/** What the parts of the compiler share. Pure values: files were read before. */
export interface CompileInput {
  readonly document: SpecDocument;
  readonly project: string;
  readonly target: ModelTarget;
  readonly urls: ModelUrls;
  /** Ours and the user's, read already. */
  readonly dashboards: readonly DashboardFile[];
}

export interface CompileResult {
  readonly model: Model;
  readonly faults: readonly Fault[];
}

/** Specification in, model out; every fault of every part at once. */
export function compileSpec(input: CompileInput): CompileResult {
  const { spec } = input.document;
  const alerts = compileAlerts(input);
  const pack = compilePack(input);
  const records = compileRecords(input);
  const grafana = compileGrafanaObjects(input);
  const slos = compileSlos(input);
  const probes = compileProbes(input);
  const contacts = compileContacts(input);
  const rules: AlertRule[] = [...alerts.rules, ...pack.rules, ...slos.rules, ...probes.rules];
  const routes = compileRoutes(input, rules);
  return {
    model: {
      project: input.project,
      isProjectNamed: input.document.spec.project !== undefined,
      target: input.target,
      urls: input.urls,
      rules: routes.rules,
      records: [...pack.records, ...records.records, ...slos.records],
      contacts: contacts.contacts,
      routes: routes.routes,
      defaultContact: routes.defaultContact,
      muteTimings: routes.muteTimings,
      inhibitions: routes.inhibitions,
      templates: routes.templates,
      probes: probes.probes,
      dashboards: input.dashboards,
      grafanaObjects: grafana.objects,
      smtp: contacts.smtp,
      gateway: gatewaySettings(spec, environmentOf(input)),
      slos: slos.slos,
    },
    faults: [
      ...[alerts, pack, records, grafana, slos, probes, contacts, routes].flatMap(
        ({ faults }) => faults,
      ),
      ...findSharedIds(rules),
      ...checkApps(input),
    ],
  };
}

function environmentOf({ document, target }: CompileInput): string | undefined {
  return document.spec.targets.find(({ name }) => name === target.name)?.environment;
}
