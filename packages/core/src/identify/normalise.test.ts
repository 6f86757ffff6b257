import { describe, expect, it } from 'vitest'
import { normaliseIdentity } from './normalise.js'

const none = new Set<string>()
const canonical = (normalise: 'text' | 'phone' | 'email', raw: string): string => {
  const result = normaliseIdentity({ normalise }, raw, none)
  return result.kind === 'ok' ? result.value : `(${result.fault})`
}

describe('identity values', () => {
  it.each([
    ['+86 164 4853 0145', '16448530145'],
    ['008616047293296', '16047293296'],
    ['１３９ ０１２３ ４５６７', '13901234567'],
    ['139-0123-4567', '13901234567'],
    ['+44 20 7946 0958', '+442079460958'],
    ['0044 20 7946 0958', '+442079460958'],
    ['12345678901', '(not_a_phone)'],
    ['13', '(not_a_phone)'],
    ['00000000000', '(blocked)'],
    ['13800138000', '(blocked)'],
    ['无', '(blocked)'],
  ])('reads the phone %s as %s', (raw, expected) => expect(canonical('phone', raw)).toBe(expected))

  it.each([
    [' USER1045@EXAMPLE.COM ', 'user1045@example.com'],
    ['ｕｓｅｒ@example.com', 'user@example.com'],
    ['test@test', '(not_an_email)'],
    ['n/a', '(blocked)'],
    ['noreply@example.com', '(blocked)'],
    ['two@x.com, three@x.com', '(not_an_email)'],
  ])('reads the e-mail %s as %s', (raw, expected) => expect(canonical('email', raw)).toBe(expected))

  it.each([
    ['null'],
    ['Undefined'],
    ['[object Object]'],
    ['0'],
    ['00000000-0000-0000-0000-000000000000'],
    ['-1'],
    ['anonymous'],
    ['未知'],
    ['${userId}'],
    ['%USER%'],
  ])('takes %s for nobody', (raw) => expect(canonical('text', raw)).toBe('(blocked)'))

  it('keeps other text as it is but NFKC and trimmed', () => {
    expect(canonical('text', '  Ａbc-１ ')).toBe('Abc-1')
    expect(canonical('text', '   ')).toBe('(empty)')
    expect(canonical('text', 'x'.repeat(256))).toBe('(too_long)')
  })

  it('blocks what the workspace adds', () => {
    expect(normaliseIdentity({ normalise: 'text' }, 'Kasse1', new Set(['kasse1']))).toEqual({
      kind: 'fault',
      fault: 'blocked',
    })
  })
})
