/** Where the JSON Schema lies in the repository, and in `.sightline/` of a project. */
export const JSON_SCHEMA_PATH = "schemas/sightline.schema.json";
