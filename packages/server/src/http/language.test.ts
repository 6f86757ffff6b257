import { expect, it } from 'vitest'
import { preferredLanguage } from './language.js'

it.each([
  [undefined, 'zh', 'zh'],
  ['', 'en', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'en', 'zh'],
  ['en-GB,en;q=0.9,zh;q=0.8', 'zh', 'en'],
  ['en;q=0.2, zh;q=0.7', 'en', 'zh'],
  ['fr, de;q=0.9', 'zh', 'zh'],
  ['fr, zh-Hant;q=0.1', 'en', 'zh'],
  ['zh;q=0, en', 'zh', 'en'],
  [';;;q=,,,', 'en', 'en'],
] as const)('Accept-Language %s with fallback %s means %s', (header, fallback, language) => {
  expect(preferredLanguage(header, fallback)).toBe(language)
})
