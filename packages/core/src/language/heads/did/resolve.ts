import type { DidValue, Get, Prop } from '../../document.js'
import { EN_KIND, ZH_KIND } from '../../frame/kind-words.js'
import { say } from '../../frame/message.js'
import { eventsOf } from '../../frame/property.js'
import type { ResolveHead, Resolving } from '../../frame/resolving.js'
import type { Scope, StreamScope, ValueType } from '../../frame/scope.js'

/** Events, test, window and what is got from them. */
export const didResolve: ResolveHead<DidValue> = (value, at, scope, resolving) => {
  const stream = resolving.stream(value.did, value.each, `${at}/did`, scope)
  const rows: Scope = { ...scope, stream }
  resolveEach(value.each, stream, at, resolving)
  if (value.where !== undefined) resolving.test(value.where, `${at}/where`, rows)
  if (value.within !== undefined) resolving.window(value.within, `${at}/within`, scope, 'events')
  if (value.get !== undefined) resolveGet(value.get, `${at}/get`, rows, resolving)
}

/** The lines that become the rows. */
export function resolveEach(each: string | undefined, stream: StreamScope, at: string, resolving: Resolving): void {
  if (each === undefined) return
  if (stream.kind === 'changes') {
    resolving.report(`${at}/each`, say('changes have no lines: leave each out', '变更没有明细行：请去掉 each'))
    return
  }
  const events = eventsOf(resolving.catalog, stream.names)
  const hasLines = events.some((event) =>
    [...event.properties.values()].some((property) => property.item && property.name.startsWith(`${each}.`)),
  )
  if (events.length > 0 && !hasLines) {
    resolving.report(`${at}/each`, say(`these events have no lines "${each}"`, `这些事件没有明细“${each}”`))
  }
}

const NUMBERS = ['number'] as const
const SCALARS = ['number', 'text', 'ordered', 'date', 'bool'] as const
const FITTING: Readonly<Record<string, readonly ValueType['kind'][]>> = {
  sum: NUMBERS,
  avg: NUMBERS,
  min: ['number', 'date'],
  max: ['number', 'date'],
  distinct: SCALARS,
  first: SCALARS,
  last: SCALARS,
  values: ['text', 'list'],
}

function resolveGet(get: Get, at: string, rows: Scope, resolving: Resolving): void {
  if (typeof get === 'string') return
  const [name, prop] = Object.entries(get)[0] as [string, Prop]
  if (name === 'gaps') return
  const type = resolving.prop(prop, `${at}/${name}`, rows)
  const fitting = FITTING[name] ?? SCALARS
  if (type === null || fitting.includes(type.kind)) return
  const isLine = typeof prop === 'string' && prop.includes('.') && type.kind === 'list'
  resolving.report(
    `${at}/${name}`,
    isLine
      ? say(`${prop} is a list of the order's lines: add each: items`, `${prop} 是订单明细的列表：请加 each: items`)
      : say(`${name} does not go with ${EN_KIND[type.kind]}`, `${name} 不能用于${ZH_KIND[type.kind]}`),
  )
}
