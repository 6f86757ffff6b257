import type { OutputColumn, Statement } from '@tagtree/core/compile/compile'

/** A definition's column on one side of the comparison, and the column that says whom it is about. */
export interface SideColumn {
  readonly output: OutputColumn
  readonly population: string
}

/** One definition as it is and as it would be. */
export interface ComparedColumns {
  readonly before: SideColumn | null
  readonly after: SideColumn | null
}

/** How many people have the same answer. */
export interface ComparedRow {
  /** Place of the definition. */
  readonly definition: number
  /**
   * person: before and after are `out` (not asked about), `blank` or `known`; `changed` says the same of those whose value
   * changes. value: texts of values, '' without one.
   */
  readonly what: 'person' | 'changed' | 'value'
  readonly before: string
  readonly after: string
  readonly people: string
}

/** Rows beyond this many of one definition are left out: most people first. */
export const MOST_ROWS = 400

/** One statement that counts, for every definition, who gets what before and after. */
export function comparisonOf(
  before: Statement | null,
  after: Statement | null,
  compared: readonly ComparedColumns[],
): { sql: string; params: Record<string, unknown> } {
  const params: Record<string, unknown> = {}
  const source = [side(before, 'o', params), side(after, 'n', params)].filter((one) => one !== null)
  const tuples = compared.map((one, index) => tuplesOf(one, index, params)).join(', ')
  const from = source.length === 2 ? `${source[0]} FULL JOIN ${source[1]} USING (profile_id)` : source[0]
  const sql = `SELECT t.1 AS definition, t.2 AS what, t.3 AS before, t.4 AS after, toString(count()) AS people
    FROM (SELECT arrayJoin(arrayConcat(${tuples})) AS t FROM ${from})
    GROUP BY definition, what, before, after
    ORDER BY definition, what, count() DESC, before, after LIMIT ${MOST_ROWS} BY definition, what`
  return { sql, params }
}

/** A side under a name of its own: the parameter `p0` becomes `o0`, columns are told apart by the table's name. */
function side(statement: Statement | null, name: string, params: Record<string, unknown>): string | null {
  if (statement === null) return null
  for (const [param, value] of Object.entries(statement.params)) params[`${name}${param.slice(1)}`] = value
  const sql = statement.sql.replace(/\{p(\d+):/g, `{${name}$1:`)
  return `(${sql}) AS ${name}`
}

function tuplesOf({ before, after }: ComparedColumns, index: number, params: Record<string, unknown>): string {
  const old = sideTexts(before, 'o', index, params)
  const now = sideTexts(after, 'n', index, params)
  const tuple = (what: string, was: string, is: string): string =>
    `tuple(toUInt16(${index}), ${what}, toString(${was}), toString(${is}))`
  const isChanged = `arraySort(${old.texts}) != arraySort(${now.texts})`
  const person = `if(${old.state} = 'out' AND ${now.state} = 'out', [], [${tuple(`if(${isChanged}, 'changed', 'person')`, old.state, now.state)}])`
  if (old.isOpen || now.isOpen) return person
  const several = old.isSeveral || now.isSeveral
  const values = several
    ? `arrayConcat(
        arrayMap(x -> ${tuple("'value'", 'x', `if(has(${now.texts}, x), x, '')`)}, ${old.texts}),
        arrayMap(x -> ${tuple("'value'", "''", 'x')}, arrayFilter(x -> NOT has(${old.texts}, x), ${now.texts})))`
    : `if(empty(${old.texts}) AND empty(${now.texts}), [], [${tuple("'value'", `arrayElement(${old.texts}, 1)`, `arrayElement(${now.texts}, 1)`)}])`
  return `${person}, ${values}`
}

interface SideTexts {
  /** 'out', 'blank' or 'known'. */
  readonly state: string
  /** The values as an array of texts, empty when there is none. */
  readonly texts: string
  /** May have several values at once. */
  readonly isSeveral: boolean
  /** Numbers and dates: values that are not listed one by one. */
  readonly isOpen: boolean
}

function sideTexts(one: SideColumn | null, name: string, index: number, params: Record<string, unknown>): SideTexts {
  if (one === null) return { state: `'out'`, texts: `emptyArrayString()`, isSeveral: false, isOpen: false }
  const { type, codes } = one.output
  const column = `${name}.${one.output.column}`
  const isIn = `ifNull(${name}.${one.population}, 0) = 1`
  const codesParam = `${name}codes${index}`
  if (type === 'code' || type === 'codes') params[codesParam] = codes
  const all = textsOf(type, column, `{${codesParam}:Array(String)}`)
  const texts = `if(${isIn}, ${all}, emptyArrayString())`
  return {
    state: `multiIf(NOT (${isIn}), 'out', empty(${all}), 'blank', 'known')`,
    texts,
    isSeveral: type === 'codes' || type === 'list',
    isOpen: type === 'number' || type === 'date',
  }
}

function textsOf(type: OutputColumn['type'], column: string, codes: string): string {
  switch (type) {
    case 'code':
      return `if(${column} = 0, emptyArrayString(), [arrayElement(${codes}, ${column})])`
    case 'codes':
      return `arrayMap(i -> arrayElement(${codes}, i), arrayDistinct(${column}))`
    case 'list':
      return `arrayDistinct(${column})`
    case 'bool':
      return `if(isNull(${column}), emptyArrayString(), [if(${column} = 1, 'true', 'false')])`
    case 'number':
    case 'date':
    case 'text':
      return `if(isNull(${column}), emptyArrayString(), [ifNull(toString(${column}), '')])`
  }
}
