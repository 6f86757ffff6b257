import { describe, expect, it } from 'vitest'
import { ask } from '../../../evaluate/testing/ask.js'
import { person, type WrittenEvent } from '../../../evaluate/testing/person.js'
import { smallShop } from '../../../evaluate/testing/small-shop.js'
import type { TopAssign } from '../../document.js'
import { DECAY, decayAfter, halfLifeMs } from './decay.js'

const DAY = 86_400_000
const asOf = Date.UTC(2026, 0, 31)
const options = { catalog: smallShop(), asOf }
const view = (category: string | null, ago = 1, of: WrittenEvent['of'] = {}): WrittenEvent => ({
  event: 'view',
  at: asOf - ago * DAY,
  of: category === null ? of : { category, ...of },
})
const top = (assign: Partial<TopAssign>, events: readonly WrittenEvent[], family?: 'multi') =>
  ask(
    { kind: 'tag', ...(family ? { family } : {}), assign: { top: 'category', did: 'view', ...assign } },
    person(1, { events }),
    options,
  )

describe('top', () => {
  const events = [view('a'), view('b'), view('b'), view('c'), view('c'), view(null)]
  it.each<[Partial<TopAssign>, readonly string[] | null]>([
    [{}, ['b']],
    [{ n: 2 }, ['b', 'c']],
    [{ n: 9 }, ['b', 'c', 'a']],
    [{ n: 9, share: 0.2 }, ['b', 'c', 'a']],
    [{ n: 9, share: 0.2001 }, ['b', 'c']],
    [{ n: 9, share: 0.4 }, ['b', 'c']],
    [{ n: 9, share: 0.4001 }, null],
    [{ atLeast: 5 }, ['b']],
    [{ atLeast: 6 }, null],
    [{ where: { prop: 'category', is: 'a' } }, ['a']],
    [{ within: { from: '2027-01-01' } }, null],
  ])('%j is %s', (assign, expected) => {
    expect(top(assign, events, 'multi')).toEqual(expected)
  })
  it('gives the heaviest alone when the tag has one value', () => {
    expect(top({}, events)).toBe('b')
    expect(top({}, [])).toBeNull()
  })
  it('weighs by a property; what has none weighs nothing, and no value is left with nothing', () => {
    const watched = [
      view('a', 1, { seconds: 5 }),
      view('b', 1, { seconds: -1 }),
      view('c'),
      view('d', 1, { seconds: 4 }),
    ]
    expect(top({ weight: { sum: 'seconds' }, n: 9 }, watched, 'multi')).toEqual(['a', 'd'])
    expect(top({ weight: { sum: 'seconds' }, n: 9, atLeast: 4 }, watched, 'multi')).toEqual(['a', 'd'])
  })
  it('weighs by the event', () => {
    const mixed: WrittenEvent[] = [
      { event: 'order', at: 1, of: { sku: 'a' } },
      { event: 'view', at: 1, of: { sku: 'b' } },
      { event: 'view', at: 1, of: { sku: 'b' } },
    ]
    const assign = { top: 'sku', did: ['order', 'view'] }
    expect(top(assign, mixed)).toBe('b')
    expect(top({ ...assign, weight: { events: { order: 2.5 } } }, mixed)).toBe('a')
  })
  it('lets old events fade by half-lives', () => {
    const fading = [view('old', 20), view('old', 20), view('new', 9.99)]
    expect(top({}, fading)).toBe('old')
    expect(top({ weight: { halfLife: '10d' } }, fading)).toBe('new')
    // Two of one half-life ago weigh as much as one of now: the text decides.
    expect(top({ weight: { halfLife: '10d' } }, [view('b', 0.0001), view('a', 10), view('a', 10)])).toBe('a')
  })
  it('counts parts of the clock, cases, and each element of a list', () => {
    expect(top({ top: { clock: 'hour' } }, [view('a', 0.5), view('a', 0.25)])).toBe('12')
    expect(top({ top: { case: [{ when: { prop: 'category', is: 'a' }, value: 'A' }] } }, events)).toBe('A')
    const tagged: WrittenEvent = { event: 'order', at: 1, of: { tags: ['x', 'y', 'x', ''] } }
    expect(top({ top: 'tags', did: 'order', n: 9 }, [tagged], 'multi')).toEqual(['x', 'y'])
  })
})

describe('decay', () => {
  it('is one now, a half after a half-life, a quarter after two, nothing in the end', () => {
    expect([DECAY[0], DECAY[64], DECAY[128]]).toEqual([100_000_000n, 50_000_000n, 25_000_000n])
    expect(decayAfter(26.5 * DAY, '1d')).toBe(1n)
    expect(decayAfter(26.6 * DAY, '1d')).toBe(0n)
    expect(decayAfter(27 * DAY, '1d')).toBe(0n)
  })
  it('falls step by step, as the power does', () => {
    for (const [k, factor] of DECAY.entries()) {
      expect(Math.abs(Number(factor) - 2 ** (-k / 64) * 1e8)).toBeLessThan(1.000001)
      if (k > 0) expect(factor <= DECAY[k - 1]!).toBe(true)
    }
  })
  it('takes a step at its edge', () => {
    expect(decayAfter(0, '64d')).toBe(100_000_000n)
    expect(decayAfter(DAY - 1, '64d')).toBe(100_000_000n)
    expect(decayAfter(DAY, '64d')).toBe(DECAY[1])
  })
  it('takes a month as 30 days', () => {
    expect([halfLifeMs('2mo'), halfLifeMs('1q'), halfLifeMs('1y')]).toEqual([60 * DAY, 90 * DAY, 365 * DAY])
  })
})
