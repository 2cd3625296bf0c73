export interface LokiPlaces {
  readonly folder: string;
  readonly httpPort: number;
  readonly grpcPort: number;
}

/**
 * A Loki for the length of a test run: a tenant per case, lines of any age, nothing kept. What a
 * query may do is as in provisioning/loki/config.yaml.
 */
export function lokiConfig({ folder, httpPort, grpcPort }: LokiPlaces): string {
  return JSON.stringify({
    auth_enabled: true,
    target: "all",
    server: {
      http_listen_address: "127.0.0.1",
      http_listen_port: httpPort,
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: grpcPort,
      grpc_server_max_recv_msg_size: 67_108_864,
      grpc_server_max_send_msg_size: 67_108_864,
      log_level: "warn",
    },
    common: {
      path_prefix: folder,
      instance_addr: "127.0.0.1",
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: {
        filesystem: { chunks_directory: `${folder}/chunks`, rules_directory: `${folder}/rules` },
      },
    },
    schema_config: {
      configs: [
        {
          from: "1971-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    ingester: {
      lifecycler: { min_ready_duration: "0s", final_sleep: "0s" },
      // Half of it is how far a line may be behind the newest of its stream.
      max_chunk_age: "8760h",
      chunk_idle_period: "24h",
      wal: { enabled: false },
    },
    pattern_ingester: { enabled: false },
    querier: { query_ingesters_within: 0, max_concurrent: 4 },
    frontend_worker: { dns_lookup_duration: "1s" },
    query_scheduler: { max_outstanding_requests_per_tenant: 4096 },
    frontend: { scheduler_dns_lookup_period: "1s", scheduler_worker_concurrency: 4 },
    query_range: {
      align_queries_with_step: false,
      cache_results: false,
      cache_index_stats_results: false,
      cache_volume_results: false,
      cache_series_results: false,
      cache_label_results: false,
      cache_instant_metric_results: false,
      parallelise_shardable_queries: false,
    },
    compactor: { working_directory: `${folder}/compactor`, compaction_interval: "24h" },
    limits_config: {
      ingestion_rate_strategy: "local",
      ingestion_rate_mb: 1024,
      ingestion_burst_size_mb: 1024,
      per_stream_rate_limit: "1GB",
      per_stream_rate_limit_burst: "1GB",
      shard_streams: { enabled: false },
      max_line_size: "256KB",
      max_line_size_truncate: true,
      max_structured_metadata_size: "64KB",
      max_structured_metadata_entries_count: 128,
      unordered_writes: true,
      reject_old_samples: false,
      creation_grace_period: "876000h",
      allow_structured_metadata: true,
      discover_service_name: [],
      discover_log_levels: true,
      max_query_series: 50_000,
      max_query_length: "0s",
      max_query_lookback: "0s",
      // One query, one answer: nothing of a few lines gets faster by being cut up.
      split_queries_by_interval: "0s",
      split_instant_metric_queries_by_interval: "0s",
      query_timeout: "1m",
    },
    ruler: {
      enable_api: false,
      storage: { type: "local", local: { directory: `${folder}/none` } },
    },
    analytics: { reporting_enabled: false },
  });
}
