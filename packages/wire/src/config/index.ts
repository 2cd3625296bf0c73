export { checkPattern } from "./check-pattern.ts";
export { absolutePath, headers, otlpUrl, pattern, port } from "./common-fields.ts";
export { type ConfigFault, formatFault } from "./config-fault.ts";
export {
  accepted,
  type Field,
  flag,
  isText,
  list,
  type MapField,
  type ObjectField,
  type ObjectProblem,
  object,
  oneOf,
  text,
  type ValueField,
  value,
  whole,
} from "./fields.ts";
export { mergeSettings, type SettingsLayer } from "./merge-settings.ts";
export {
  type Environment,
  portVariable,
  readDefaultOtlpUrl,
  readVariables,
  type SettingVariable,
  toNumber,
} from "./read-variables.ts";
export { type ResolvedSecrets, resolveSecrets } from "./resolve-secrets.ts";
export { readSettingsFile } from "./settings-file.ts";
