import { z } from 'zod'
import type { Condition, Prop, Stream, Value } from '../document.js'
import type { RecipeModule } from '../frame/recipe-module.js'

interface Lifecycle {
  order: Stream
  /** Property that tells orders apart; without it every event is an order. */
  id?: Prop
  /** What a person does who has not bought yet; without it such persons stay blank. */
  visit?: Stream
  loyalOrders: number
  lostDays: number
}

const NAMES = [
  ['流失客户', 'lost customer'],
  ['忠诚客户', 'loyal customer'],
  ['回头客', 'returning customer'],
  ['新客户', 'new customer'],
  ['潜在客户', 'prospect'],
] as const

/** Stages of a customer. Lost is asked first: a loyal customer who stays away is lost. */
export const lifecycle: RecipeModule<Lifecycle> = {
  kind: 'tag',
  schema: ({ stream, prop }) =>
    z.strictObject({
      order: stream,
      id: prop.exactOptional(),
      visit: stream.exactOptional(),
      loyalOrders: z.number().int().min(2).max(10_000),
      lostDays: z.number().int().min(1).max(36_500),
    }),
  expand: ({ order, id, visit, loyalOrders, lostDays }) => {
    const orders: Value = id === undefined ? { did: order } : { did: order, get: { distinct: id } }
    const stages: (Condition | null)[] = [
      { since: { did: order, get: 'lastAt' }, gte: lostDays },
      { ...orders, gte: loyalOrders },
      { ...orders, gte: 2 },
      { ...orders, gte: 1 },
      visit === undefined ? null : { did: visit, gte: 1 },
    ]
    return {
      assign: { rules: stages.flatMap((when, stage) => (when === null ? [] : [{ value: NAMES[stage]![0], when }])) },
      values: NAMES.slice(0, visit === undefined ? 4 : 5).map(([zh, en]) => ({ code: zh, name: { zh, en } })),
    }
  },
  resolve: ({ order, id, visit }, at, scope, resolving) => {
    const orders = resolving.stream(order, undefined, `${at}/order`, scope)
    if (id !== undefined) resolving.prop(id, `${at}/id`, { ...scope, stream: orders })
    if (visit !== undefined) resolving.stream(visit, undefined, `${at}/visit`, scope)
  },
}
