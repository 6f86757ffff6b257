import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/app-error.js'
import type { Definition } from '../language/document.js'
import { buildCatalog } from '../language/testing/catalog-builder.js'
import { type CompileContext, compile } from './compile.js'
import { showPlan } from './plan/show-plan.js'

const paid = { did: 'order.paid' }
const catalog = buildCatalog({
  events: { 'order.paid': { amount: 'money', city: 'text', "x') OR 1=1 --": { type: 'text', column: null } } },
  attributes: { city: 'text' },
  definitions: [
    { kind: 'metric', id: 'spend', name: 'n', value: { ...paid, get: { sum: 'amount' } } },
    { kind: 'metric', id: 'orders', name: 'n', value: paid },
    { kind: 'segment', id: 'rich', name: 'n', where: { metric: 'spend', gte: 100 } },
    {
      kind: 'tag',
      id: 'tier',
      name: 'n',
      ordered: true,
      only: { metric: 'orders', gte: 1 },
      assign: { cut: { metric: 'spend' }, at: { method: 'quantile', n: 2 }, values: ['low', 'high'] },
    },
  ],
})
const context: CompileContext = {
  catalog,
  database: 'ws_0001',
  asOf: Date.UTC(2026, 0, 31),
  knownSeq: null,
  excludedImports: [],
  hasSuperseded: false,
  attributes: 'current',
  tags: { mode: 'recompute' },
}
const segment = (where: unknown, id = 's'): Definition =>
  ({ version: 1, kind: 'segment', id, name: id, where }) as Definition
const stored = (id: string): Definition => catalog.definitions.get(id)!.body
const sqlOf = (...definitions: Definition[]): string => compile(definitions, context).statement(new Map()).sql

describe('compile', () => {
  it('computes what many definitions have in common once', () => {
    const compiled = compile([stored('spend'), stored('rich'), stored('tier'), stored('orders')], context)
    const leaves = showPlan(compiled.optimized).match(/e_\d+ = /g)
    expect(leaves).toHaveLength(2)
    expect(compiled.columns.map(({ column }) => column)).toEqual(['v_0', 'v_1', 'v_2', 'v_3'])
  })

  it('asks nothing of tables that no definition needs', () => {
    const sql = sqlOf(segment({ attr: 'city', known: true }))
    expect(sql).toContain('FROM attributes AS r FINAL')
    expect(sql).not.toMatch(/FROM events|PREWHERE|tag_/)
  })

  it('reads events from the oldest window on', () => {
    const compiled = compile([segment({ ...paid, within: { last: '30d' }, gte: 1 })], context)
    expect(compiled.reads).toMatchObject({ events: ['order.paid'], eventsFrom: Date.UTC(2026, 0, 1) })
  })

  it('binds every word of a definition and never writes one into the text', () => {
    const evil = "'); DROP TABLE events; -- \\ {p0:String} `"
    const where = {
      any: [
        { attr: 'city', is: evil },
        { attr: 'city', contains: evil },
        { attr: 'city', in: [evil] },
        { ...paid, where: { prop: 'city', under: evil }, gte: 1 },
        { ...paid, get: { last: { case: [{ when: { prop: 'city', is: evil }, value: evil }] } }, is: evil },
      ],
    }
    const { sql, params } = compile([segment(where)], context).statement(new Map())
    expect(sql).not.toContain('DROP')
    expect(Object.values(params).flat()).toContain(evil)
  })

  it('quotes names of properties that are no plain words', () => {
    const sql = sqlOf(segment({ ...paid, where: { prop: "x') OR 1=1 --", is: 'a' }, gte: 1 }))
    expect(sql).toContain("props.`x') OR 1=1 --`.:String = {")
  })

  it('keeps anything but letters and digits out of the name of the dictionary', () => {
    const sql = compile([segment({ ...paid, gte: 1 })], { ...context, database: "ws'; DROP--" }).statement(
      new Map(),
    ).sql
    expect(sql).toContain("dictGetOrDefault('wsDROP.override'")
  })

  it('has one text whatever a fit has learnt, and blank tiers without it', () => {
    const compiled = compile([stored('tier')], context)
    const [step] = compiled.fits
    const value = step!.solve([{ f0_n: '4', f0_0: '100', f0_1: '300' }])
    expect(value).toEqual({ groups: [{ key: '', count: 4, values: ['200'] }] })
    const [without, withFit] = [new Map(), new Map([[step!.key, value]])].map((fits) => compiled.statement(fits))
    expect(withFit!.sql).toBe(without!.sql)
    expect(Object.values(without!.params)).toContain(0)
    expect(Object.values(withFit!.params)).toContain(200n)
    expect(step!.describe(value)).toEqual(['0.000002'])
  })

  it('fits what others rest on first', () => {
    const inner = { cut: { metric: 'spend' }, at: { method: 'quantile', n: 4 } }
    const outer = { cut: { calc: 'add', of: [inner, { metric: 'orders' }] }, at: { method: 'mean' } }
    const compiled = compile([segment({ ...outer, is: 2 })], context)
    expect(compiled.fits.map(({ level, path }) => [level, path])).toEqual([
      [0, '/where/cut/of/0'],
      [1, '/where'],
    ])
    expect(compiled.sharedFits().map(({ steps }) => steps.length)).toEqual([1, 1])
  })

  it('refuses with the place what it cannot compute', () => {
    const where = {
      all: [
        { ...paid, gte: 1 },
        { per: 'day', of: paid, having: { gte: { did: 'order.paid' } }, gte: 1 },
      ],
    }
    const error = caught(() => compile([segment(where)], context))
    expect(error.code).toBe('DEFINITION_INVALID')
    expect(error.issues[0]?.pointer).toBe('/where/all/1/having')
  })

  it('does not hang on a cycle', () => {
    const loop = segment({ member: { segment: 's' } })
    expect(caught(() => compile([loop], context)).code).toBe('INTERNAL')
  })
})

function caught(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('nothing was refused')
}
