import { groupLabel } from '../compile/fits/fit-key.js'
import type { Evaluator, FitNeed, FitSource } from '../evaluate/evaluator.js'
import type { FitAsk } from '../evaluate/scope.js'
import { parseDecimal } from '../kernel/decimal.js'
import type { Definition } from '../language/document.js'
import { pointerTo } from '../language/frame/message.js'
import type { PlanTest, StatedFit, StatedFits } from './plan.js'

/** Cuts and group numbers as the test states them, else as the workspace holds them; remembers what was not found. */
export class StatedFitSource implements FitSource {
  /** Definition -> the places of fits that nobody stated. */
  readonly missing = new Map<string, Set<string>>()

  constructor(
    private readonly test: PlanTest,
    private readonly stored: FitSource,
  ) {}

  numbers(need: FitNeed, evaluator: Evaluator): readonly bigint[] | null {
    const { ask, definition, group } = need
    const place = placeOfFit(definition, ask)
    const stated = this.test.fits?.[definition.id]
    if (stated !== undefined) {
      const one = isByPlace(stated) ? stated[place] : (stated as StatedFit)
      const numbers = one === undefined ? null : numbersOf(one, group)
      if (numbers !== null) return numbers
    }
    const known = this.stored.numbers(need, evaluator)
    if (known === null) {
      this.missing.set(definition.id, (this.missing.get(definition.id) ?? new Set()).add(place))
    }
    return known
  }
}

function isByPlace(stated: StatedFits): stated is Readonly<Record<string, StatedFit>> {
  return typeof stated === 'object' && Object.keys(stated).some((key) => key.startsWith('/'))
}

function numbersOf(stated: StatedFit, group: string): readonly bigint[] | null {
  const one =
    typeof stated === 'number' || Array.isArray(stated)
      ? (stated as number | readonly number[])
      : (stated as Readonly<Record<string, number | readonly number[]>>)[groupLabel(group)]
  if (one === undefined) return null
  return (typeof one === 'number' ? [one] : one).map((number) => parseDecimal(number)!)
}

/** JSON pointer of the `cut` or `among` in its definition. */
export function placeOfFit(definition: Definition, ask: FitAsk): string {
  const open: [unknown, string][] = [[definition, '']]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [part, pointer] = next
    if (typeof part !== 'object' || part === null) continue
    const fields = part as Readonly<Record<string, unknown>>
    if (fields.cut === ask.value || ('among' in fields && fields.of === ask.value)) return pointer
    for (const [key, child] of Object.entries(part)) {
      if (key !== 'recipe' || pointer !== '') open.push([child, pointerTo(pointer, key)])
    }
  }
  return ''
}
