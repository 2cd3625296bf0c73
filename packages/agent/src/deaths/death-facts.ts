/** What is known of one death, all of it for one run of one container. Times are Unix milliseconds. */
export interface DeathFacts {
  /** Of the `die` event or `State.ExitCode`; undefined where nobody saw it. */
  readonly exitCode: number | undefined;
  readonly startedAtMillis: number;
  readonly diedAtMillis: number;
  /**
   * `State.OOMKilled`. It stands for the whole container: true when any process in it was killed for
   * memory at any time of the run, and on some kernels never true at all (moby#43564, moby#38352).
   */
  readonly isOomKilled?: boolean | undefined;
  /** When the last `oom` event of this run came. */
  readonly oomEventAtMillis?: number | undefined;
  /**
   * `kill` events of this run, in order. Docker's API makes one for `stop`, `restart`, `kill` and
   * `rm -f`; a `kill` from the host's shell makes none.
   */
  readonly asked?: readonly AskedSignal[] | undefined;
  /** A `stop` or `restart` event of this run was seen; Docker sends them after `die`. */
  readonly isStopSeen?: boolean | undefined;
  readonly destroyedAtMillis?: number | undefined;
  /** `HostConfig.AutoRemove`: then `destroy` follows every death. */
  readonly removesItself?: boolean | undefined;
  /** `Config.StopSignal`, `SIGTERM` where the image names none. */
  readonly stopSignal?: string | undefined;
  /** `Config.StopTimeout`; Docker's own default is 10 s. `docker stop -t` is in no event. */
  readonly stopTimeoutMillis?: number | undefined;
  /** The last exception in its last lines. */
  readonly exception?: DeathException | undefined;
  /** The last sample of this run. */
  readonly memory?: MemorySample | undefined;
  /** `State.Error`: why Docker could not start it. */
  readonly startError?: string | undefined;
}

export interface AskedSignal {
  /** Attribute `signal` of the event as it is: `15` or `SIGTERM`. */
  readonly signal: string;
  readonly atMillis: number;
}

export interface MemorySample {
  readonly bytes: number;
  /** Undefined: no limit. */
  readonly limitBytes?: number | undefined;
  readonly atMillis: number;
}

export interface DeathException {
  readonly type: string;
  readonly message: string;
  /** With its stack. */
  readonly text: string;
  /** `logged`: somebody caught it and wrote it down. */
  readonly origin: "uncaught" | "rejection" | "panic" | "heap_limit" | "logged";
  readonly fp?: string | undefined;
  readonly fpx?: string | undefined;
  readonly template?: string | undefined;
}
