import { type ErrorEntry, entry } from './error-entry.js'

/** What the write path can refuse. */
export const WRITE_ERRORS = {
  LOG_FULL: entry(
    503,
    'The log of this workspace is full: {pendingMiB} MiB wait to be stored (limit {limitMiB} MiB).',
    '该工作区的日志已满：{pendingMiB} MiB 待入库（上限 {limitMiB} MiB）。',
    'Keep the facts and send them again after the seconds in Retry-After.',
    '请保留数据，在 Retry-After 指出的秒数后重新发送。',
  ),
  DECRYPTION_FAILED: entry(
    500,
    'A stored identity could not be decrypted.',
    '已存储的身份无法解密。',
    'Check that the master key is the one this data was written with.',
    '请确认主密钥与写入数据时使用的一致。',
  ),
  CATALOG_TYPE_FIXED: entry(
    409,
    '"{name}" is already stored as {known}; it cannot become {wanted}.',
    '“{name}”已按 {known} 类型存储，不能改为 {wanted}。',
    'Use another name for the new meaning, or map the values to the stored type.',
    '请为新含义换一个名称，或把值转换为已存储的类型。',
  ),
  CATALOG_FULL: entry(
    409,
    'The workspace already has {count} {what}; that is the limit.',
    '该工作区已有 {count} 个{what}，已达上限。',
    'Leave out what is not used.',
    '请去掉不使用的部分。',
  ),
  RELATION_FIXED: entry(
    409,
    'The relation "{name}" already joins {known}; it cannot become {wanted}.',
    '关系“{name}”已是 {known}，不能改为 {wanted}。',
    'Use another name for the new relation.',
    '请为新关系换一个名称。',
  ),
  RELATION_INVALID: entry(
    422,
    'The relation "{name}" cannot be used: {reason}.',
    '关系“{name}”不可用：{reason}。',
    'Correct the relation; GET /relations lists what exists.',
    '请修正该关系；GET /relations 可列出已有关系。',
  ),
  CALENDAR_UNKNOWN: entry(
    404,
    'There is no built-in calendar of {country} for {years}; known: {known}.',
    '没有内置的 {country} {years} 年日历；已有：{known}。',
    'Set the days yourself, or load the years that are known.',
    '请自行设置日期，或加载已有的年份。',
  ),
  SQL_TAGS_NOT_SET_UP: entry(
    503,
    'ClickHouse has no user "{user}" with the password that Tagtree knows: SQL tags of this workspace cannot run.',
    'ClickHouse 中没有可用的用户“{user}”，本工作区的 SQL 标签无法运行。',
    'Restart Tagtree: it makes the users at its start. With an own ClickHouse run the script of docs/sql-tags.md and set CLICKHOUSE_SQL_PASSWORD.',
    '请重启 Tagtree（启动时会创建这些用户）；若使用自己的 ClickHouse，请执行 docs/sql-tags.zh-CN.md 中的脚本并设置 CLICKHOUSE_SQL_PASSWORD。',
  ),
  LEASE_LOST: entry(
    503,
    'Another process has taken over storing the facts of this workspace.',
    '另一个进程已接手该工作区的数据入库。',
    'Nothing is to be done: the other process goes on from the same place.',
    '无需处理：另一进程会从同一位置继续。',
  ),
} as const satisfies Record<string, ErrorEntry>
