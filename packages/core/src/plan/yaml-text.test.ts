import { describe, expect, it } from 'vitest'
import { readYaml } from './yaml-text.js'

function faultOf(text: string): string {
  const read = readYaml(text)
  if (read.ok) return 'it was read'
  const { place, message } = read.faults[0]!
  return `${place.line}:${place.column} ${message.en}`
}

describe('a YAML text', () => {
  it('is read as YAML 1.2 core with comments', () => {
    const read = readYaml('a: 1 # one\n"b": [yes, 0o17, ~, 2026-01-31, .5]\n12: { c: 是, d: , e: "\\u00e9" }\n')
    expect(read.ok && read.yaml.value).toEqual({
      a: 1,
      b: ['yes', 15, null, '2026-01-31', 0.5],
      '12': { c: '是', d: null, e: 'é' },
    })
  })

  it('knows where each part stands', () => {
    const read = readYaml('a: 1\nb:\n  - x\n  - {c: 是,\n     d/e: 2}\n')
    if (!read.ok) throw new TypeError('not read')
    const placeOf = (pointer: string) => Object.values(read.yaml.placeOf(pointer)).join(':')
    expect(['', '/a', '/b/1', '/b/1/c', '/b/1/d~1e', '/b/7/q'].map(placeOf)).toEqual([
      '1:1',
      '1:1',
      '4:5',
      '4:6',
      '5:6',
      '2:1',
    ])
  })

  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3', '3:1 the key "a" stands here twice'],
    ['a key twice, once quoted', '1: a\n"1": b', '2:1 the key "1" stands here twice'],
    ['an anchor', 'a: &x 1', '1:7 anchors (&name) are not allowed'],
    ['an alias', 'a: *x', '1:4 aliases (*name) are not allowed: write it out'],
    ['a merge key', 'a:\n  <<: { b: 1 }', '2:3 merge keys (<<) are not allowed: write it out'],
    ['a tag', 'a: !ruby/object:Gem {}', '1:4 tags of your own (!name) are not allowed'],
    ['a tag of other schemas', 'a: !!binary aGk=', '1:4 tags of your own (!name) are not allowed'],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes', '1:1 plan files are YAML 1.2, not 1.1'],
    ['two documents', 'a: 1\n---\nb: 2', '2:1 a plan file is one document'],
    ['a tab', 'a:\n\tb: 1', '2:1 indent with spaces, not with tabs'],
    ['a list as key', '? [a]\n: b', '1:3 a key is a plain text'],
    ['a key that reaches prototypes', '__proto__: 1', '1:1 "__proto__" is not allowed as a key'],
    ['a NUL', 'a: "\\0"', '1:4 this text has a character that cannot be stored'],
    ['half a character', 'a: "\\ud800"', '1:4 this text has a character that cannot be stored'],
    ['an open bracket', 'a: [1, 2', /^1:9 /],
    ['an open quote', 'a: "x', /^1:6 something is missing here/],
  ])('is refused at its place for %s', (_what, text, expected) => {
    const found = faultOf(text)
    if (typeof expected === 'string') expect(found).toBe(expected)
    else expect(found).toMatch(expected)
  })

  it('cannot be an alias bomb', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`)
    expect(faultOf(`l0: &l0 lol\n${levels.join('\n')}`)).toMatch(/^1:9 anchors/)
  })

  it.each(['[', '{a: ', '- ', '? ', ': ', '[{', '- - '])('cannot be a million times "%s" deep', (step) => {
    const begun = performance.now()
    expect(faultOf(step.repeat(1_000_000 / step.length))).toMatch(/more than 100 levels deep/)
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  it.each([
    '#\n',
    '-\n',
    '["a" ',
    'a, ',
    '&a ',
    '*a ',
    '---\n',
    '"a" ',
    '{',
    '}',
    '!a ',
    '\t',
    '\n',
    'a: b\n',
    '%a\n',
    "''",
  ])('of a megabyte of %j is answered in a few seconds', (step) => {
    const begun = performance.now()
    readYaml(step.repeat(1_048_576 / step.length))
    expect(performance.now() - begun).toBeLessThan(60_000)
  })
})
