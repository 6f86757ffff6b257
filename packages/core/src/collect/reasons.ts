/** A text in both languages; `{word}` holes are filled from the words of the occurrence. */
interface ReasonText {
  readonly en: string
  readonly zh: string
}

/** Why a row of a file could not be read. */
export const FILE_REASONS = {
  quote_broken: {
    en: 'A quotation mark is opened and never closed, or text follows a closing one.',
    zh: '引号没有成对，或右引号之后还有文字。',
  },
  cells_more: {
    en: 'The row has {found} cells, the header {expected}.',
    zh: '该行有 {found} 个单元格，表头有 {expected} 个。',
  },
  cells_fewer: {
    en: 'The row has {found} cells, the header {expected}.',
    zh: '该行有 {found} 个单元格，表头有 {expected} 个。',
  },
  row_too_long: {
    en: 'The row is longer than {limit} characters.',
    zh: '该行超过 {limit} 个字符。',
  },
  encoding_broken: {
    en: 'The row has bytes that are not {encoding}.',
    zh: '该行含有不符合 {encoding} 编码的字节。',
  },
  header_repeated: { en: 'The row repeats the header.', zh: '该行重复了表头。' },
  json_broken: { en: 'The row is not valid JSON.', zh: '该行不是有效的 JSON。' },
  json_not_object: { en: 'The row is not a JSON object.', zh: '该行不是 JSON 对象。' },
  json_too_deep: { en: 'The row is nested deeper than {limit} levels.', zh: '该行嵌套超过 {limit} 层。' },
  key_forbidden: { en: 'The row has the reserved name "{name}".', zh: '该行含有保留字段名“{name}”。' },
  file_cut_off: {
    en: 'The file is damaged here: {detail}. Rows before this place were read.',
    zh: '文件在此处损坏：{detail}。此前的行已读取。',
  },
} as const satisfies Record<string, ReasonText>
export type FileReason = keyof typeof FILE_REASONS

/** Why a mapping could not turn a readable row into facts. */
export const MAPPING_REASONS = {
  no_identity: {
    en: 'The row has no identity: {columns} is empty.',
    zh: '该行没有身份：{columns} 为空。',
  },
  number_unreadable: { en: '{column} is not a number.', zh: '{column} 不是数字。' },
  number_out_of_range: {
    en: '{column} has more than 14 digits before the point.',
    zh: '{column} 整数部分超过 14 位。',
  },
  date_unreadable: { en: '{column} is not a date of the form {format}.', zh: '{column} 不是 {format} 格式的日期。' },
  date_out_of_range: {
    en: '{column} lies outside of 1900 to 2299.',
    zh: '{column} 不在 1900 至 2299 年之间。',
  },
  bool_unreadable: { en: '{column} is neither yes nor no.', zh: '{column} 既不是“是”也不是“否”。' },
  text_too_long: {
    en: '{column} is longer than {limit} characters.',
    zh: '{column} 超过 {limit} 个字符。',
  },
  time_missing: { en: 'The event has no time that can be read.', zh: '事件没有可读取的时间。' },
  time_before_1970: { en: 'The time of the event lies before 1970.', zh: '事件时间早于 1970 年。' },
  time_in_future: {
    en: 'The time of the event lies more than a day after the import.',
    zh: '事件时间晚于导入时间一天以上。',
  },
  name_missing: { en: 'The name of the event could not be decided.', zh: '无法确定事件名。' },
  key_missing: { en: 'The row has no order key.', zh: '该行没有订单键。' },
  item_missing: { en: 'The row has no item number.', zh: '该行没有商品编号。' },
  related_missing: {
    en: 'A side of the relation has no identity.',
    zh: '关系的一方没有身份。',
  },
  currency_mixed: {
    en: 'The lines of the order give {column} in several currencies.',
    zh: '订单各行的 {column} 使用了不同币种。',
  },
  lines_too_many: { en: 'The order has more than {limit} lines.', zh: '该订单超过 {limit} 行。' },
  ruled_out: { en: '{en}', zh: '{zh}' },
  not_mapped: { en: 'No output of the mapping takes this row.', zh: '映射中没有任何输出接收该行。' },
} as const satisfies Record<string, ReasonText>
export type MappingReason = keyof typeof MAPPING_REASONS

/** One reason why a row was left out, with what fills its text. Words never hold cell values. */
export interface RowReason {
  readonly code: FileReason | MappingReason
  readonly words: Readonly<Record<string, string | number>>
}

const TEXTS: Readonly<Record<FileReason | MappingReason, ReasonText>> = { ...FILE_REASONS, ...MAPPING_REASONS }

/** Says a reason in one language. */
export function sayReason(reason: RowReason, language: 'zh' | 'en'): string {
  return TEXTS[reason.code][language].replace(/\{(\w+)\}/g, (hole, name: string) =>
    Object.hasOwn(reason.words, name) ? String(reason.words[name]) : hole,
  )
}
