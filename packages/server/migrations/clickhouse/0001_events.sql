-- What happened and what is known of subjects, one database per workspace. Planned columns are added when names appear.
-- Dates are instants (DateTime64(3)); a day is local midnight of the workspace.
CREATE TABLE IF NOT EXISTS events
(
    event LowCardinality(String),
    subject UInt8,
    profile_id UInt32,
    ts DateTime64(3, 'UTC'),
    seq UInt64,
    node_id UInt32,
    source_id UInt16,
    import_id UInt32,
    message_hash UInt64,
    items_count UInt16,
    props JSON(max_dynamic_paths = 256)
)
ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (event, profile_id, ts, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Rows replaced by a later content of the same key (an order whose lines changed).
CREATE TABLE IF NOT EXISTS events_superseded
(
    seq UInt64,
    by_seq UInt64,
    import_id UInt32
)
ENGINE = MergeTree ORDER BY seq
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Population: one row when a (node, import) is first seen, another when an earlier ts of it arrives.
CREATE TABLE IF NOT EXISTS nodes
(
    node_id UInt32,
    subject UInt8,
    profile_id UInt32,
    import_id UInt32,
    strong UInt8,
    first_ts DateTime64(3, 'UTC'),
    seq UInt64
)
ENGINE = MergeTree ORDER BY (node_id, import_id, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Which nodes carry which identity; only blind values, so that a condition on an identity can be bound.
CREATE TABLE IF NOT EXISTS identities
(
    node_id UInt32,
    subject UInt8,
    profile_id UInt32,
    kind LowCardinality(String),
    blind_hex String EPHEMERAL,
    blind FixedString(16) DEFAULT unhex(blind_hex),
    seq UInt64,
    import_id UInt32
)
ENGINE = MergeTree ORDER BY (kind, node_id, import_id, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Only nodes whose profile changed since their rows were written; read through the dictionary "override".
CREATE TABLE IF NOT EXISTS node_override
(
    node_id UInt32,
    profile_id UInt32,
    version UInt64
)
ENGINE = ReplacingMergeTree(version) ORDER BY node_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS relations
(
    kind LowCardinality(String),
    from_node UInt32,
    from_profile UInt32,
    to_node UInt32,
    to_profile UInt32,
    role LowCardinality(String),
    from_ts DateTime64(3, 'UTC'),
    to_ts Nullable(DateTime64(3, 'UTC')),
    seq UInt64,
    import_id UInt32
)
ENGINE = MergeTree ORDER BY (kind, from_node, to_node, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The truth about attributes; the table attributes is its current fold by (ts, seq).
CREATE TABLE IF NOT EXISTS attribute_changes
(
    attr_id UInt16,
    profile_id UInt32,
    node_id UInt32,
    subject UInt8,
    ts DateTime64(3, 'UTC'),
    seq UInt64,
    import_id UInt32,
    op LowCardinality(String),
    num Nullable(Decimal(18, 4)),
    str Nullable(String),
    list Array(String),
    day Nullable(Date32),
    at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = MergeTree ORDER BY (attr_id, profile_id, ts, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- deleted = 1: the profile went into another one; FINAL leaves it out.
CREATE TABLE IF NOT EXISTS attributes
(
    profile_id UInt32,
    subject UInt8,
    version UInt64,
    deleted UInt8,
    extra JSON(max_dynamic_paths = 256)
)
ENGINE = ReplacingMergeTree(version, deleted) ORDER BY profile_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Item catalogue: the newest row of an item that is not of an excluded import counts.
CREATE TABLE IF NOT EXISTS items
(
    catalogue LowCardinality(String),
    item String,
    ts DateTime64(3, 'UTC'),
    seq UInt64,
    import_id UInt32,
    props JSON(max_dynamic_paths = 256)
)
ENGINE = MergeTree ORDER BY (catalogue, item, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
