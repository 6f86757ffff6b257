-- What tag runs write. Rows of a run count only once the run is published in PostgreSQL.
CREATE TABLE IF NOT EXISTS tag_changes
(
    tag_id UInt32,
    profile_id UInt32 CODEC(Delta, ZSTD(1)),
    run_id UInt64 CODEC(T64, ZSTD(1)),
    as_of DateTime('UTC') CODEC(T64, ZSTD(1)),
    value UInt32 CODEC(T64, ZSTD(1)),
    present UInt8
)
ENGINE = MergeTree ORDER BY (tag_id, profile_id, run_id, value)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- A tag_id below 1000 is the population of the subject kind with that number: value 1 customers, 2 visitors.
CREATE TABLE IF NOT EXISTS tag_bitmaps
(
    tag_id UInt32,
    value UInt32,
    slice UInt16,
    run_id UInt64,
    users AggregateFunction(groupBitmap, UInt32)
)
ENGINE = MergeTree ORDER BY (tag_id, value, slice, run_id)
SETTINGS index_granularity = 16, fsync_after_insert = 1, fsync_part_directory = 1;

-- Numbers and dates of a tag; both null = blank since this run.
CREATE TABLE IF NOT EXISTS tag_numbers
(
    tag_id UInt32,
    profile_id UInt32,
    run_id UInt64,
    as_of DateTime('UTC'),
    num Nullable(Decimal(38, 8)),
    at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = MergeTree ORDER BY (tag_id, profile_id, run_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
