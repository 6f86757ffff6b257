/** Everything the product can refuse, in one table; docs/errors.md is generated from it. */
interface ErrorEntry {
  /** HTTP status. */
  readonly status: number
  readonly en: string
  readonly zh: string
  /** What the reader can do now. */
  readonly actionEn: string
  readonly actionZh: string
}

const entry = (status: number, en: string, zh: string, actionEn: string, actionZh: string): ErrorEntry => ({
  status,
  en,
  zh,
  actionEn,
  actionZh,
})

export const ERRORS = {
  INTERNAL: entry(
    500,
    'Something went wrong inside Tagtree.',
    '系统内部出错。',
    'Try again; if it stays, look up the request id in the log.',
    '请重试；若仍出现，请用请求编号查日志。',
  ),
  NOT_FOUND: entry(
    404,
    'There is no {what} "{name}".',
    '没有{what}“{name}”。',
    'Check the name; list what exists.',
    '请核对名称，或列出已有对象。',
  ),
  REQUEST_INVALID: entry(
    400,
    'The request does not have the expected form.',
    '请求格式不符合要求。',
    'Correct the places listed in issues and send it again.',
    '请按 issues 中的位置修改后重新发送。',
  ),
  DEFINITION_INVALID: entry(
    422,
    'The definition cannot be used: {count} problem(s).',
    '定义不可用：有 {count} 处问题。',
    'Correct the places listed in issues.',
    '请按 issues 中列出的位置修改。',
  ),
  ENGINE_UNAVAILABLE: entry(
    503,
    'The {engine} engine is restarting.',
    '{engine} 引擎正在重启。',
    'Wait for the seconds in Retry-After and send the same request again.',
    '请等待 Retry-After 指出的秒数后重发同一请求。',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
