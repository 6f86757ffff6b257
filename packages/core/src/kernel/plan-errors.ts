import { type ErrorEntry, entry } from './error-entry.js'

/** Codes of plan files. */
export const PLAN_ERRORS = {
  PLAN_INVALID: entry(
    422,
    'The plan cannot be used: {count} problem(s). Nothing was changed.',
    '方案不可用：有 {count} 处问题。未作任何更改。',
    'Correct the places listed in issues (file:line:column).',
    '请按 issues 中列出的位置（文件:行:列）修改。',
  ),
  PLAN_TOO_LARGE: entry(
    413,
    'The plan has {size} characters; at most {limit} are read.',
    '方案共 {size} 个字符，最多可读 {limit} 个。',
    'Move long lists of values into uploaded lists, or apply the plan in parts.',
    '请把很长的取值列表改为上传的名单，或分几次应用方案。',
  ),
  PLAN_TESTS_FAILED: entry(
    422,
    '{count} expectation(s) of the tests in the plan do not hold. Nothing was changed.',
    '方案中有 {count} 项测试期望不成立。未作任何更改。',
    'Correct the definitions or the tests, or apply with skipTests (--skip-tests).',
    '请修改定义或测试，或以 skipTests（--skip-tests）应用。',
  ),
  PLAN_DIFFERS: entry(
    409,
    'The workspace is not as the plan says: {count} difference(s).',
    '工作区与方案不一致：有 {count} 处不同。',
    'Apply the plan (tagtree plan apply), or export the workspace anew.',
    '请应用方案（tagtree plan apply），或重新导出。',
  ),
  PLAN_BASE_CHANGED: entry(
    409,
    'The catalogue was changed since the plan was compared with it (change {now} came after {base}). Nothing was changed.',
    '比较方案之后目录又有更改（{base} 之后有 {now}）。未作任何更改。',
    'Compare again (tagtree plan diff), then apply.',
    '请重新比较（tagtree plan diff）后再应用。',
  ),
} as const satisfies Record<string, ErrorEntry>
