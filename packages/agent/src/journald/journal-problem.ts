/** What journalctl says when it cannot read, and what helps. The first that fits counts. */
const PROBLEMS: readonly { readonly pattern: RegExp; readonly fix: string }[] = [
  {
    pattern: /insufficient permissions|not seeing messages from other users|Permission denied/i,
    fix: 'add the agent\'s user to the group that may: "usermod -aG systemd-journal <user>", and start the agent again; in a container, give it the group with "group_add"',
  },
  {
    pattern: /No journal files were found|Failed to open|No such file or directory/i,
    fix: "check that the journal is there; in a container, mount /var/log/journal, /run/log/journal and /etc/machine-id read-only",
  },
];

/** For people. Undefined where journalctl said nothing that stands in the way. */
export function problemIn(unit: string, stderr: string): string | undefined {
  const problem = PROBLEMS.find(({ pattern }) => pattern.test(stderr));
  return problem && `${prefix(unit, stderr)}; ${problem.fix}. It is tried again`;
}

export function endedText(unit: string, how: string, stderr: string): string {
  return `${prefix(unit, stderr || how)}; it is started again`;
}

export function notStartedText(unit: string, program: string, code: string | undefined): string {
  return code === "ENOENT"
    ? `cannot follow the journal of "${unit}": there is no program "${program}". Install systemd's journalctl where the agent runs (Debian: "apt-get install systemd"), or run the agent as a systemd service on the host. It is tried again every minute`
    : `cannot follow the journal of "${unit}": "${program}" does not start (${code ?? "unknown error"}). It is tried again every minute`;
}

function prefix(unit: string, said: string): string {
  const line = said.trim().split("\n")[0] ?? "";
  return `cannot follow the journal of "${unit}": journalctl says "${line.slice(0, 300)}"`;
}
