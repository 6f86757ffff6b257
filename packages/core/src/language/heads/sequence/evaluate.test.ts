import { describe, expect, it } from 'vitest'
import { askCondition } from '../../../evaluate/testing/ask.js'
import { person, type WrittenEvent } from '../../../evaluate/testing/person.js'
import { smallShop } from '../../../evaluate/testing/small-shop.js'
import type { SequenceCondition } from '../../document.js'

const HOUR = 3_600_000
const start = Date.UTC(2026, 0, 1)
const options = { catalog: smallShop(), asOf: start + 100 * HOUR }
/** `v1 o2`: a view at hour 1, an order at hour 2; `v1a` with key a; `s` is a message. */
const events = (written: string): WrittenEvent[] =>
  written.split(' ').flatMap((one) => {
    const [, kind, hour, key] = /^([vos])([\d.]+)([a-z,]*)$/.exec(one) ?? []
    if (kind === undefined) return []
    const event = { v: 'view', o: 'order', s: 'sent' }[kind]!
    const of = key === '' ? {} : event === 'sent' ? { campaign: key! } : { sku: key!, tags: key!.split(',') }
    return [{ event, at: start + Number(hour) * HOUR, of }]
  })
const ask = (condition: SequenceCondition, written: string) =>
  askCondition(condition, person(1, { events: events(written) }), options)

const vo = (more: object = {}): SequenceCondition => ({ sequence: [{ did: 'view' }, { did: 'order', ...more }] })

describe('sequence', () => {
  it.each<[string, SequenceCondition, string, boolean | null]>([
    ['goes forward', vo(), 'v1 o2', true],
    ['never back', vo(), 'o1 v2', false],
    ['is false of nothing', vo(), '', false],
    ['takes equal moments by their number', vo(), 'v1 o1', true],
    ['takes equal moments by their number, the other way', vo(), 'o1 v1', false],
    ['keeps the gap', vo({ gap: '1h' }), 'v1 o2', true],
    ['breaks with too long a gap', vo({ gap: '1h' }), 'v1 o2.001', false],
    ['takes the nearest step before', vo({ gap: '1h' }), 'v1 v5 o6', true],
    ['has nothing between', vo({ without: { did: 'sent' } }), 'v1 s2 o3', false],
    ['may have it before', vo({ without: { did: 'sent' } }), 's0 v1 o3', true],
    ['may begin again after it', vo({ without: { did: 'sent' } }), 'v1 s2 v3 o4', true],
    ['has it at the same moment after the order', vo({ without: { did: 'sent' } }), 'v1 o3 s3', true],
    ['is cut by the window', { ...vo(), within: { last: '98h' } }, 'v1 o3', false],
    ['begins at the edge of the window', { ...vo(), within: { last: '99h' } }, 'v1 o3', true],
    ['is unknown in a window that has not begun', { ...vo(), within: { from: '2027-01-01' } }, 'v1 o3', null],
  ])('%s', (_name, condition, written, expected) => {
    expect(ask(condition, written)).toBe(expected)
  })

  const three = (total: string): SequenceCondition => ({
    sequence: [{ did: 'view' }, { did: 'sent' }, { did: 'order' }],
    total,
  })
  it.each<[string, string, boolean]>([
    ['2h', 'v1 s2 o3', true],
    ['2h', 'v1 s2 o3.001', false],
    ['2h', 'v1 s2 v3 s4 o5', true],
    ['2h', 'v1 v3 s2 s4 o5', true],
    ['2h', 'v1 s2 v3 o4', false],
  ])('all within %s: %s', (total, written, expected) => {
    expect(ask(three(total), written)).toBe(expected)
  })
  it('looks behind a later chain for one that begins later', () => {
    const condition: SequenceCondition = {
      sequence: [
        { did: 'view' },
        { did: 'sent', without: { did: 'order', where: { prop: 'sku', is: 'x' } } },
        { did: 'order' },
      ],
      total: '3h',
    }
    expect(ask(condition, 'v1 v3 s4 o6')).toBe(true)
  })

  it('follows one key', () => {
    const condition: SequenceCondition = {
      sequence: [
        { did: 'view', key: 'sku' },
        { did: 'order', key: 'sku' },
      ],
    }
    expect(ask(condition, 'v1a o2b')).toBe(false)
    expect(ask(condition, 'v1a v1b o2b')).toBe(true)
    expect(ask(condition, 'v1 o2')).toBe(false)
  })
  it('follows each element of a list', () => {
    const condition: SequenceCondition = {
      sequence: [
        { did: 'view', key: 'sku' },
        { did: 'order', key: 'tags' },
      ],
    }
    expect(ask(condition, 'v1b o2a,b')).toBe(true)
    expect(ask(condition, 'v1c o2a,b')).toBe(false)
  })
  it('is cut by an event between, whatever its key', () => {
    const condition: SequenceCondition = {
      sequence: [
        { did: 'view', key: 'sku' },
        { did: 'order', key: 'sku', without: { did: 'sent' } },
      ],
    }
    expect(ask(condition, 'v1a s2z o3a')).toBe(false)
  })

  const never = (more: object = {}): SequenceCondition => ({
    sequence: [{ did: 'view' }],
    notThen: { did: 'order', ...more },
  })
  it.each<[string, SequenceCondition, string, boolean]>([
    ['never after', never(), 'v1', true],
    ['never after, but it came', never(), 'v1 o2', false],
    ['came before', never(), 'o1 v1', true],
    ['the later one was not followed', never(), 'v1 o2 v3', true],
    ['within, and the waiting is over', never({ within: '24h' }), 'v1', true],
    ['the waiting is over to the millisecond', never({ within: '24h' }), 'v76', true],
    ['the waiting is not over', never({ within: '24h' }), 'v76.001', false],
    ['it came too late', never({ within: '24h' }), 'v1 o25.001', true],
    ['it came in the last moment', never({ within: '24h' }), 'v1 o25', false],
    ['it came after the window', { ...never(), within: { to: '2026-01-02' } }, 'v1 o30', false],
  ])('%s', (_name, condition, written, expected) => {
    expect(ask(condition, written)).toBe(expected)
  })
  it('is followed only by the same key', () => {
    const condition: SequenceCondition = {
      sequence: [{ did: 'view', key: 'sku' }],
      notThen: { did: 'order', each: 'items', key: 'items.sku', within: '24h' },
    }
    const order = { event: 'order', at: start + 2 * HOUR, items: [{ sku: 'a' }, { sku: 'b' }] }
    const facts = (view: string) => person(1, { events: [...events(view), order] })
    expect(askCondition(condition, facts('v1a'), options)).toBe(false)
    expect(askCondition(condition, facts('v1c'), options)).toBe(true)
  })
})
