import { type ErrorEntry, entry } from './error-entry.js'

/** What lists, audiences, samples and measures can refuse. */
export const SEGMENT_ERRORS = {
  LIST_HOLDS_VALUES: entry(
    409,
    'The list "{name}" holds values, not people.',
    '名单“{name}”存放的是值，不是人。',
    'Use it on the right side of in, notIn, hasAny, hasAll or hasNone, or send values.',
    '请把它用在 in、notIn、hasAny、hasAll、hasNone 的右侧，或提交值。',
  ),
  LIST_HOLDS_PEOPLE: entry(
    409,
    'The list "{name}" holds people, not values.',
    '名单“{name}”存放的是人，不是值。',
    'Send identities or profile ids, or use a list of values.',
    '请提交身份或档案编号，或改用值名单。',
  ),
  LIST_TOO_LONG: entry(
    413,
    'The list "{name}" would hold more than {limit} entries.',
    '名单“{name}”将超过 {limit} 项。',
    'Split it, or import the entries as attributes and use a segment.',
    '请拆分名单，或把这些项导入为属性并使用人群。',
  ),
  LIST_COLUMN_UNKNOWN: entry(
    422,
    'It is not clear which column names the entries of the list; the columns are {columns}.',
    '无法确定哪一列是名单内容；现有列：{columns}。',
    'Say which column holds which identity kind, profile_id or value.',
    '请指明哪一列是哪种身份、profile_id 或 value。',
  ),
  AUDIENCES_DIFFER: entry(
    422,
    'The audiences are about different kinds of subjects: {subjects}.',
    '这些人群的主体类型不同：{subjects}。',
    'Compare audiences of one kind.',
    '请比较同一类主体的人群。',
  ),
} as const satisfies Record<string, ErrorEntry>
