export { type Agent, type AgentOptions, type StartResult, startAgent } from "./agent.ts";
