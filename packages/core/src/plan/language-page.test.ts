import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPlan } from './read-plan.js'
import { runPlanTest } from './run-tests.js'
import { answersOf, blocksOf, catalogOfPage } from './testing/language-page.js'

/** After a sentence was changed `npx tsx scripts/language-page.ts` writes the pages anew. */
const pages = { en: 'language.md', zh: 'language.zh-CN.md' } as const
const pageOf = (language: 'zh' | 'en') =>
  blocksOf(readFileSync(new URL(`../../../../docs/${pages[language]}`, import.meta.url), 'utf8'))

describe.each(['en', 'zh'] as const)('the language page (%s)', (language) => {
  const blocks = pageOf(language)

  it('quotes the sentence the product says and what each document gives for the people of the page', () => {
    const answers = answersOf(blocks, language)
    for (const [index, lines] of answers) expect(blocks[index]!.quoted, blocks[index]!.text).toEqual(lines)
    expect(answers.size).toBeGreaterThanOrEqual(30)
  })

  it('shows a test that its definitions pass', () => {
    const { text } = blocks.find(({ value }) => 'plan' in value)!
    const read = readPlan([{ name: pages[language], text }])
    if (!read.ok) throw new Error(JSON.stringify(read.issues))
    const { issues, outcomes } = runPlanTest(read.plan.tests[0]!.test, catalogOfPage(blocks), { numbers: () => null })
    expect(issues).toEqual([])
    expect(outcomes.map(({ passed }) => passed)).toEqual([true, true, true, true])
  })
})

it('shows the same documents in both languages', () => {
  expect(pageOf('zh').map(({ text }) => text)).toEqual(pageOf('en').map(({ text }) => text))
})
