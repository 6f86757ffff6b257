import { type ErrorEntry, entry } from './error-entry.js'

/** Codes of files, mappings and imports. */
export const FILE_ERRORS = {
  FILE_EMPTY: entry(
    422,
    'The file has no rows.',
    '文件没有任何行。',
    'Check that the right file was sent and that it was written completely.',
    '请确认发送的是正确的文件且已完整写出。',
  ),
  FILE_FORMAT_UNSUPPORTED: entry(
    415,
    'The file is {found}, whatever its name says; tables are read from CSV, TSV, Excel (.xlsx), JSON, NDJSON and Parquet, also as .gz.',
    '无论文件名如何，该文件是{found}；可读取的表格格式为 CSV、TSV、Excel（.xlsx）、JSON、NDJSON、Parquet 及其 .gz。',
    'Save or export the table in one of these formats and send it again.',
    '请另存或导出为上述格式之一后重新发送。',
  ),
  FILE_ENCODING_UNKNOWN: entry(
    400,
    'There is no text encoding "{encoding}".',
    '没有文本编码“{encoding}”。',
    'Use utf-8, gb18030, utf-16le, utf-16be, big5, shift_jis or another WHATWG name, or leave it out.',
    '请使用 utf-8、gb18030、utf-16le、utf-16be、big5、shift_jis 等 WHATWG 名称，或不填。',
  ),
  FILE_TOO_WIDE: entry(
    422,
    'The table has {columns} columns; at most {limit} can be read.',
    '表格有 {columns} 列，最多可读 {limit} 列。',
    'Check the delimiter, or leave out columns you do not need.',
    '请检查分隔符，或去掉不需要的列。',
  ),
  FILE_DAMAGED: entry(
    422,
    'The {format} file is damaged: {detail}.',
    '{format} 文件已损坏：{detail}。',
    'Write or download it again.',
    '请重新生成或下载该文件。',
  ),
  FILE_UNPACKS_TOO_LARGE: entry(
    422,
    'The {format} file would unpack to {size} MiB; at most {limit} MiB is taken.',
    '{format} 文件解压后为 {size} MiB，上限为 {limit} MiB。',
    'Save it as CSV or Parquet, or divide it.',
    '请另存为 CSV 或 Parquet，或拆分文件。',
  ),
  SHEET_UNKNOWN: entry(
    404,
    'The workbook has no sheet "{name}"; it has: {sheets}.',
    '工作簿没有工作表“{name}”；现有：{sheets}。',
    'Name one of these sheets.',
    '请使用其中一个工作表。',
  ),
} as const satisfies Record<string, ErrorEntry>
