import { z } from 'zod'
import { nearest } from '../../kernel/nearest.js'
import type { Code, Condition, Value } from '../document.js'
import { compareUtf8 } from '../event-scope/compare.js'
import { rule } from '../frame/checked.js'
import { pointerTo, say, sayNearest } from '../frame/message.js'
import { code } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'
import type { ValueType } from '../frame/scope.js'

interface Combine {
  rows: Value
  columns: Value
  /** Value of the rows -> value of the columns -> name of the cell. */
  cells: Record<string, Record<string, Code>>
  otherwise?: Code
}

const MOST_CELLS = 200

/** By the bytes of the keys: a database gives them back in an order of its own. */
const inOrder = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => compareUtf8(a, b))

/** Names for the cells of a table of two tags. */
export const combine: RecipeModule<Combine> = {
  kind: 'tag',
  schema: ({ value }) =>
    z
      .strictObject({
        rows: value,
        columns: value,
        cells: z.record(z.string(), z.record(z.string(), code)),
        otherwise: code.exactOptional(),
      })
      .check(
        rule(({ cells }, report) => {
          const count = Object.values(cells).reduce((sum, row) => sum + Object.keys(row).length, 0)
          if (count === 0) report(say('at least one cell needs a name', '至少需要给一个格子命名'), 'cells')
          if (count > MOST_CELLS) report(say(`at most ${MOST_CELLS} cells`, `最多 ${MOST_CELLS} 个格子`), 'cells')
        }),
      ),
  expand: ({ rows, columns, cells, otherwise }) => ({
    assign: {
      rules: inOrder(cells).flatMap(([row, names]) =>
        inOrder(names).map(([column, value]) => ({
          value,
          when: { all: [{ ...rows, is: row } as Condition, { ...columns, is: column } as Condition] },
        })),
      ),
      ...(otherwise === undefined ? {} : { otherwise }),
    },
  }),
  resolve: ({ rows, columns, cells }, at, scope, resolving) => {
    const [row, column] = [resolving.value(rows, `${at}/rows`, scope), resolving.value(columns, `${at}/columns`, scope)]
    const check = (written: string, type: ValueType | null, place: string): void => {
      const codes = type?.kind === 'text' || type?.kind === 'ordered' ? type.codes : null
      if (codes === null || codes.includes(written)) return
      resolving.report(
        place,
        sayNearest(`there is no value "${written}"`, `没有取值“${written}”`, nearest(written, codes)),
      )
    }
    for (const [name, names] of Object.entries(cells)) {
      check(name, row, pointerTo(at, 'cells', name))
      for (const other of Object.keys(names)) check(other, column, pointerTo(at, 'cells', name, other))
    }
  },
}
