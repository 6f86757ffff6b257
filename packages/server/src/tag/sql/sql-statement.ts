import type { StatementOptions } from '../../store/clickhouse.js'
import type { SqlText } from './sql-text.js'
import { ATTRIBUTES_AT, ATTRIBUTES_NOW, PARAMETER_TYPES, type SqlView, type ViewParameter } from './sql-views.js'

/** The moment a statement is bound to. */
export interface SqlMoment {
  /** ms */
  readonly asOf: number
  /** The present: attributes are read as they are. */
  readonly isNow: boolean
  /** Largest row number that counts, as decimal text; null = everything known. */
  readonly knownSeq: string | null
  readonly excludedImports: readonly number[]
  /** Runs whose rows must not be read. */
  readonly hiddenRuns: readonly string[]
}

/** What a statement may read from by name, and which view stands behind the name at a moment. */
export function viewNames(views: readonly SqlView[], isNow: boolean): ReadonlyMap<string, SqlView> {
  const [hidden, shown] = isNow ? [ATTRIBUTES_AT, ATTRIBUTES_NOW] : [ATTRIBUTES_NOW, ATTRIBUTES_AT]
  return new Map(
    views.filter((view) => view.name !== hidden).map((view) => [view.name === shown ? 'attributes' : view.name, view]),
  )
}

/** Whole statements around the text of a person. The names it uses are bound to the moment in front of it. */
export function boundStatement(
  database: string,
  text: SqlText,
  views: readonly SqlView[],
  moment: SqlMoment,
): { readonly head: string; readonly from: string; readonly params: NonNullable<StatementOptions['params']> } {
  const used = new Set(text.words.filter((word) => !word.afterPoint).map((word) => word.text))
  const bound = [...viewNames(views, moment.isNow)].filter(([name]) => used.has(name))
  const parts = [
    ...(used.has('as_of') ? [`${hole('asOf')} AS as_of`] : []),
    ...bound.map(([name, view]) => `\`${name}\` AS (SELECT * FROM ${database}.${call(view)})`),
  ]
  const params = {
    asOf: new Date(moment.asOf).toISOString().replace('T', ' ').replace('Z', ''),
    knownSeq: moment.knownSeq ?? '18446744073709551615',
    excluded: moment.excludedImports,
    hidden: moment.hiddenRuns.map(Number),
  }
  return { head: parts.length === 0 ? '' : `WITH ${parts.join(', ')} `, from: `(\n${text.text}\n)`, params }
}

function call({ name, parameters }: SqlView): string {
  const given = parameters.map((parameter) => `${parameter} = ${hole(parameter)}`)
  return given.length === 0 ? `\`${name}\`` : `\`${name}\`(${given.join(', ')})`
}

function hole(parameter: ViewParameter): string {
  return `{${parameter}:${PARAMETER_TYPES[parameter]}}`
}
