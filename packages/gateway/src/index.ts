export type { Beacon, BeaconOutcome, Intake } from "./intake/intake.ts";
