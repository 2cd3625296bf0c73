/**
 * What the agent reads of the Docker Engine API 1.41 (Docker 20.10) and later; fields that it does
 * not use are left out. Source: https://docs.docker.com/reference/api/engine/version/v1.41/
 */

export interface DockerInfo {
  readonly ID?: string;
  readonly Name: string;
  readonly ServerVersion?: string;
  readonly CgroupVersion?: string;
}

/** One element of `GET /containers/json`. */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  /** Unix seconds. */
  readonly Created?: number;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** `GET /containers/<id>/json`. */
export interface ContainerInspect {
  readonly Id: string;
  /** With a slash in front: `/web`. */
  readonly Name: string;
  readonly Created: string;
  /** `sha256:…` of the image that it was made from. */
  readonly Image: string;
  readonly RestartCount?: number;
  readonly State: ContainerState;
  readonly Config: {
    /** As it was asked for: `nginx:1.27`, `nginx`, or an id. */
    readonly Image: string;
    readonly Tty?: boolean;
    /** `NAME=value`. Holds secrets: looked at for names alone, and never kept. */
    readonly Env?: readonly string[] | null;
    readonly StopSignal?: string;
    /** Seconds. */
    readonly StopTimeout?: number;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly HostConfig: {
    readonly LogConfig: {
      readonly Type: string;
      readonly Config?: Readonly<Record<string, string>> | null;
    };
    readonly Memory?: number;
    readonly NanoCpus?: number;
    readonly CpuQuota?: number;
    readonly CpuPeriod?: number;
    readonly PidsLimit?: number | null;
    readonly AutoRemove?: boolean;
    readonly RestartPolicy?: { readonly Name?: string };
  };
}

export interface ContainerState {
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
  readonly Status: string;
  readonly Running: boolean;
  readonly OOMKilled?: boolean;
  readonly ExitCode?: number;
  readonly Error?: string;
  /** RFC 3339 with nanoseconds; `0001-01-01T00:00:00Z` means never. */
  readonly StartedAt?: string;
  readonly FinishedAt?: string;
  readonly Pid?: number;
}

/** One line of `GET /events`. */
export interface DockerEvent {
  readonly Type: string;
  /** `create`, `start`, `die`, `oom`, `kill`, `stop`, `destroy`, `restart`, `rename`, … */
  readonly Action: string;
  readonly Actor: {
    readonly ID: string;
    /** `name`, `image`, labels; with `die` also `exitCode`, with `kill` also `signal`. */
    readonly Attributes: Readonly<Record<string, string>>;
  };
  readonly time: number;
  readonly timeNano: number;
}

/** `GET /containers/<id>/stats?stream=false&one-shot=true`. */
export interface ContainerStats {
  readonly read: string;
  readonly cpu_stats: {
    readonly cpu_usage: {
      readonly total_usage: number;
      readonly usage_in_kernelmode?: number;
      readonly usage_in_usermode?: number;
    };
    readonly system_cpu_usage?: number;
    readonly online_cpus?: number;
    readonly throttling_data?: {
      readonly periods: number;
      readonly throttled_periods: number;
      readonly throttled_time: number;
    };
  };
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
  readonly pids_stats?: { readonly current?: number; readonly limit?: number };
  readonly networks?: Readonly<
    Record<
      string,
      {
        readonly rx_bytes: number;
        readonly tx_bytes: number;
        readonly rx_errors?: number;
        readonly tx_errors?: number;
        readonly rx_dropped?: number;
        readonly tx_dropped?: number;
      }
    >
  >;
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?:
      | readonly { readonly op: string; readonly value: number }[]
      | null;
  };
}
