#!/usr/bin/env node
import { runGateway } from "./run-gateway.ts";

const code = await runGateway(process.argv.slice(2));
if (code !== undefined) process.exitCode = code;
