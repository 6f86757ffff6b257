/** The two configuration files of the embedded PostgreSQL, written anew at each start. */

/** Sized for one process family on a laptop: few connections, little memory, everything durable. */
export function postgresConf(port: number): string {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 60,
    password_encryption: 'scram-sha-256',
    authentication_timeout: '10s',
    shared_buffers: '64MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    effective_cache_size: '512MB',
    // Acknowledged means on disk.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // `replica` so that a backup by file copy (pg_backup_start) is possible; nobody replicates.
    wal_level: 'replica',
    max_wal_senders: 0,
    max_replication_slots: 0,
    wal_compression: 'on',
    max_wal_size: '512MB',
    min_wal_size: '80MB',
    checkpoint_timeout: '15min',
    // Fewer helper processes: no asynchronous readers, no parallel workers (containers have a small /dev/shm).
    io_method: 'sync',
    max_worker_processes: 1,
    max_parallel_workers: 0,
    max_parallel_workers_per_gather: 0,
    max_parallel_maintenance_workers: 0,
    max_logical_replication_workers: 0,
    max_sync_workers_per_subscription: 0,
    autovacuum_max_workers: 2,
    autovacuum_worker_slots: 2,
    huge_pages: 'off',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // The log tells what happened to the server, never a statement or a value: those may be personal data.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_statement: 'none',
    log_checkpoints: 'off',
    log_connections: '',
    log_lock_waits: 'off',
    log_autovacuum_min_duration: -1,
    log_line_prefix: '%m [%p] ',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`)
  return `# Written by Tagtree at each start; changes here are lost.\n${lines.join('\n')}\n`
}

/** Everybody needs a password, from this machine only; replication from nowhere. */
export const POSTGRES_HBA = `# Written by Tagtree at each start; changes here are lost.
host all all 127.0.0.1/32 scram-sha-256
`
