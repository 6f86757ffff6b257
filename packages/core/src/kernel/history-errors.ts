import { type ErrorEntry, entry } from './error-entry.js'

/** What reading and writing the past can refuse. */
export const HISTORY_ERRORS = {
  KNOWLEDGE_GONE: entry(
    409,
    'What was known at {knownAt} cannot be told any more: import {import} was undone later and its rows are deleted.',
    '{knownAt} 时的认知已无法还原：导入 {import} 在其后被撤销，数据行已删除。',
    'Ask without knownAt, or for a moment after the import was undone.',
    '请不指定 knownAt，或指定撤销之后的时刻。',
  ),
  TAG_NOT_CORRECTED: entry(
    409,
    'The values of "{name}" cannot be corrected by hand: its definition does not say for how long (corrections).',
    '“{name}”的值不能人工纠正：其定义未说明保留多久（corrections）。',
    'Add corrections: { keep: 90d } to the definition; a tag whose values staff give is given another value instead.',
    '请在定义中加入 corrections: { keep: 90d }；由人工给出的标签请直接改值。',
  ),
  BACKFILL_NOTHING: entry(
    409,
    'There is nothing to compute before {name} was first published.',
    '“{name}”首次发布之前没有可补算的时刻。',
    'Publish it first, or ask for an earlier beginning.',
    '请先发布它，或指定更早的起点。',
  ),
} as const satisfies Readonly<Record<string, ErrorEntry>>
