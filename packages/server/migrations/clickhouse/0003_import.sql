-- Lines of orders while their file is read; a partition is dropped when its import is in the log.
CREATE TABLE IF NOT EXISTS import_line
(
    import_id UInt32,
    output UInt8,
    order_key String,
    row UInt64,
    ts Int64,
    body String CODEC(ZSTD(1))
)
ENGINE = MergeTree PARTITION BY import_id ORDER BY (output, order_key, row)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- How often rows occurred in files too long for counting in memory.
CREATE TABLE IF NOT EXISTS import_occurrence
(
    import_id UInt32,
    hash Int64,
    n UInt32
)
ENGINE = MergeTree PARTITION BY import_id ORDER BY hash;
