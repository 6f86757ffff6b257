import type { Get } from '../../document.js'

/** Every way to get something from events, by name. */
export type GetName = Extract<Get, string> | (Get extends infer One ? (One extends object ? keyof One : never) : never)

/** The name of a `get`. */
export function getNameOf(get: Get): GetName {
  return typeof get === 'string' ? get : (Object.keys(get)[0] as GetName)
}
