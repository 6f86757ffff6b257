import { nearest } from '@tagtree/core/kernel/nearest'
import { allowedFunctions, CLOCK_FUNCTIONS, isAllowedFunction } from './sql-functions.js'
import { sqlRefusal } from './sql-refusal.js'
import type { SqlWord } from './sql-text.js'

/** Words before a bracket that are not calls. */
const KEYWORDS = new Set(
  `select with as from join on using where group by having order limit offset union all distinct except intersect in not
   and or over partition rows range between values case when then else end if exists any is like ilike cast interval extract
   array left right inner outer full cross asof semi anti qualify window sets rollup cube grouping filter within materialized`.split(
    /\s+/,
  ),
)

/**
 * Looks at the words alone: a name of a function that is not allowed may not occur at all unless it names a column of
 * something (`e.url`). The tree that the engine shows does not tell everything (an APPLY hides its function, and a bare
 * name handed to `arrayMap` is called), words do.
 * @throws AppError DEFINITION_INVALID
 */
export function checkWords(
  words: readonly SqlWord[],
  functions: ReadonlySet<string>,
  named: ReadonlySet<string>,
): void {
  for (const { text, quoted, afterPoint, beforeBracket } of words) {
    const name = text.toLowerCase()
    if (!quoted && KEYWORDS.has(name)) continue
    if (isAllowedFunction(name)) continue
    if (afterPoint && beforeBracket) throw noTableFunction(text)
    if (afterPoint) continue
    if (functions.has(name)) throw notAllowed(text)
    if (beforeBracket && !named.has(text)) throw unknownFunction(text)
  }
}

/** The refusal of one function. */
export function notAllowed(name: string): Error {
  if (CLOCK_FUNCTIONS.has(name.toLowerCase())) {
    return sqlRefusal(
      `${name} is not available: write as_of, the moment the tag is computed for`,
      `不能使用 ${name}：请写 as_of，即标签的计算时刻`,
    )
  }
  return sqlRefusal(
    `the function "${name}" is not available in SQL tags; a column of that name is written with its view in front (o.${name})`,
    `SQL 标签不能使用函数“${name}”；若是列名，请在前面写上视图（如 o.${name}）`,
  )
}

function unknownFunction(name: string): Error {
  return sqlRefusal(
    `the function "${name}" is not available in SQL tags`,
    `SQL 标签不能使用函数“${name}”`,
    nearest(name, allowedFunctions()),
  )
}

/** The refusal of a function in place of a table. */
export function noTableFunction(name: string): Error {
  return sqlRefusal(
    `"${name}" cannot be read from: a SQL tag reads the views of its own workspace, without a database in front and without table functions`,
    `不能读取“${name}”：SQL 标签只能读取本工作区的视图，前面不写库名，也不能用表函数`,
  )
}
