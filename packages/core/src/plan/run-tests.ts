import type { Catalog } from '../catalog/catalog.js'
import { Evaluator, type FitSource } from '../evaluate/evaluator.js'
import type { Issue } from '../kernel/app-error.js'
import { formatDecimal, parseDecimal } from '../kernel/decimal.js'
import { nearest } from '../kernel/nearest.js'
import { parseInstant, type Zone, zoneOf } from '../kernel/zone.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { issueAdder } from '../language/frame/issues.js'
import { pointerTo, sayNearest } from '../language/frame/message.js'
import type { PlanTest, TestValue } from './plan.js'
import { StatedFitSource } from './stated-fits.js'
import { factsOfTest } from './test-facts.js'

/** What one definition said of the subject of a test. */
export interface PlanTestOutcome {
  /** Below the test. */
  readonly pointer: string
  readonly definition: string
  readonly passed: boolean
  readonly expected: TestValue | null
  /** null = no value. */
  readonly got: TestValue | null
  /** Places of cuts that were neither stated nor known, by definition: why there may be no value. */
  readonly missingFits: readonly { readonly definition: string; readonly place: string }[]
}

export interface TestResult {
  readonly outcomes: readonly PlanTestOutcome[]
  /** What in the test does not fit the catalogue, below the test. */
  readonly issues: readonly Issue[]
}

/** Numbers are equal when their fourth decimals are. */
const TOLERANCE = parseDecimal('0.00005')!

/** Evaluates what a test expects, in memory. The definitions of the catalogue must be resolved. */
export function runPlanTest(test: PlanTest, catalog: Catalog, stored: FitSource): TestResult {
  const issues: Issue[] = []
  const add = issueAdder(issues)
  const zone = zoneOf(catalog.timeZone)
  const asOf = parseInstant(zone, test.asOf)!
  const facts = factsOfTest(test, asOf, catalog, (message, ...path) => add(pointerTo('', ...path), message))
  const outcomes: PlanTestOutcome[] = []
  for (const [id, expected] of Object.entries(test.expect)) {
    const pointer = pointerTo('', 'expect', id)
    const entry = catalog.definitions.get(id)
    if (entry === undefined || entry.archived) {
      const near = nearest(id, catalog.definitions.keys())
      add(pointer, sayNearest(`no definition "${id}"`, `没有定义“${id}”`, near))
      continue
    }
    const fits = new StatedFitSource(test, stored)
    const value = new Evaluator({ catalog, asOf }, fits).evaluate(entry.body, facts)
    outcomes.push({
      pointer,
      definition: id,
      passed: isExpected(expected, value, zone),
      expected,
      got: shown(value),
      missingFits: [...fits.missing].flatMap(([definition, places]) =>
        [...places].map((place) => ({ definition, place })),
      ),
    })
  }
  return { outcomes: issues.length > 0 ? [] : outcomes, issues }
}

function isExpected(expected: TestValue | null, value: EventScopeValue, zone: Zone): boolean {
  if (value === null || expected === null) return value === expected
  if (Array.isArray(value)) {
    const wanted = new Set((Array.isArray(expected) ? expected : [expected]).map(String))
    return value.length === wanted.size && value.every((one) => wanted.has(String(one)))
  }
  if (typeof value === 'bigint') {
    const wanted = typeof expected === 'number' || typeof expected === 'string' ? parseDecimal(expected) : null
    return wanted !== null && wanted - value < TOLERANCE && value - wanted < TOLERANCE
  }
  if (typeof value === 'number') return typeof expected === 'string' && parseInstant(zone, expected) === value
  return String(expected) === String(value)
}

/** As it would be written in the test. */
function shown(value: EventScopeValue): TestValue | null {
  if (typeof value === 'bigint') return formatDecimal(value)
  if (typeof value === 'number') return new Date(value).toISOString()
  return value as TestValue | null
}
