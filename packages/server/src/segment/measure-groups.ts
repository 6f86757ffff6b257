import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Prop, Stream, Test, Window } from '@tagtree/core/language/document'

/** A value as it was sent, and where it stood. */
export interface PlacedValue {
  readonly value: unknown
  readonly pointer: string
}

/** A property of events by whose values a population is divided. */
export interface EventGroup {
  readonly prop: Prop
  readonly did: Stream
  readonly each?: string
  readonly where?: Test
  readonly within?: Window
}

/** The distinct values of the property that one person's events have. */
export function groupValues({ prop, ...rows }: EventGroup): object {
  return { ...rows, get: { values: prop } }
}

/**
 * The rows of one group (null = those without a value) as a count, then each value over these rows alone.
 * @throws AppError DEFINITION_INVALID for values that are not of events
 */
export function restrictedTo(
  event: EventGroup,
  key: string | null,
  values: readonly PlacedValue[],
  catalog: Catalog,
): readonly PlacedValue[] {
  const { prop, ...rows } = event
  const test = groupTest(event, key, catalog)
  const restrict = (value: object): object => {
    const where = 'where' in value ? { all: [value.where, test] } : test
    return { ...value, where }
  }
  return [
    { value: restrict(rows), pointer: '/by/event' },
    ...values.map(({ value, pointer }) => {
      if (typeof value === 'object' && value !== null && 'did' in value) return { value: restrict(value), pointer }
      const issue = {
        pointer,
        message: 'only what is counted of events (did) can be divided by their property',
        messageZh: '只有事件的统计（did）才能按事件属性分组',
      }
      throw new AppError('DEFINITION_INVALID', { words: { count: 1 }, issues: [issue] })
    }),
  ]
}

function groupTest({ prop, did, each }: EventGroup, key: string | null, catalog: Catalog): Test {
  const value = typeof prop === 'string' ? { prop } : prop
  if (key === null) return { ...value, known: false } as Test
  const type = typeOf(prop, did, each, catalog)
  const literal = type === 'number' ? Number(key) : type === 'bool' ? key === 'true' : key
  return { ...value, ...(type === 'list' ? { hasAny: [literal] } : { is: literal }) } as Test
}

const numberFields = ['hour', 'weekday', 'day', 'month', 'quarter', 'year']

/** How the values of a property compare: those of a list are asked for one by one. */
function typeOf(
  prop: Prop,
  did: Stream,
  each: string | undefined,
  catalog: Catalog,
): 'text' | 'number' | 'bool' | 'list' {
  if (typeof prop !== 'string') return 'clock' in prop && numberFields.includes(prop.clock) ? 'number' : 'text'
  if (prop.startsWith('items.') && each === undefined) return 'list'
  const names = typeof did === 'string' ? [did] : Array.isArray(did) ? did : []
  const found = names.flatMap((name) => catalog.events.get(name)?.properties.get(prop) ?? [])[0]
  if (found?.type === 'number' || found?.type === 'money') return 'number'
  return found?.type === 'bool' || found?.type === 'list' ? found.type : 'text'
}
