import { z } from 'zod'
import { fit } from '../frame/cuts.js'
import type { Parts } from '../frame/parts.js'
import { catalogueName, code, number, oneOf, span } from '../frame/primitives.js'
import type { RecipeModule } from '../frame/recipe-module.js'

/** Recipes of the language whose bodies need parts that this version cannot compute: their form is read, then refused. */
const later = <Shape extends z.core.$ZodLooseShape>(
  kind: RecipeModule<unknown>['kind'],
  fields: (parts: Parts) => Shape,
): RecipeModule<unknown> => ({
  kind,
  schema: (parts) => z.strictObject(fields(parts)) as never,
  expand: null,
  resolve: () => {},
})

export const rfmTier = later('tag', ({ value }) => ({
  recency: value,
  frequency: value,
  monetary: value,
  values: z.array(code).min(2).max(15),
  fit: fit.exactOptional(),
}))
export const touch = later('tag', ({ stream, prop }) => ({
  did: stream,
  prop,
  which: oneOf(['first', 'last']),
  before: stream.exactOptional(),
}))
export const combine = later('tag', ({ value }) => ({
  rows: value,
  columns: value,
  cells: z.record(z.string(), z.record(z.string(), code)),
  otherwise: code.exactOptional(),
}))
export const abandoned = later('segment', ({ stream }) => ({
  begin: stream,
  finish: stream,
  wait: span,
  within: span.exactOptional(),
}))
export const notAgain = later('segment', ({ stream }) => ({ did: stream, after: span }))
export const ahp = later('metric', ({ value }) => ({
  criteria: z
    .array(z.strictObject({ weight: number, value, better: oneOf(['high', 'low']).exactOptional() }))
    .min(2)
    .max(50),
  fit: fit.exactOptional(),
}))
/** Their parameters are not fixed yet. */
const open = (kind: RecipeModule<unknown>['kind']): RecipeModule<unknown> => ({
  kind,
  schema: () => Object.assign(z.record(catalogueName, z.unknown()), { shape: {} }),
  expand: null,
  resolve: () => {},
})
export const openTag = open('tag')
