-- Texts of the codes of tags, for the view that SQL tags read; PostgreSQL has the truth.
CREATE TABLE IF NOT EXISTS tag_labels
(
    tag_id UInt32,
    code UInt32,
    label String
)
ENGINE = ReplacingMergeTree ORDER BY (tag_id, code)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
