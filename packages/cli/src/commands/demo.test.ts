import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_FILE_NAMES } from '@tagtree/core/demo/files/file'
import { afterAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../main.js'
import type { Terminal } from '../terminal.js'

const directory = mkdtempSync(join(tmpdir(), 'tagtree-export-'))
afterAll(() => rmSync(directory, { recursive: true }))

async function type(words: readonly string[], language: 'zh' | 'en' = 'en') {
  const out: string[] = []
  const err: string[] = []
  const terminal: Terminal = {
    language,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    write: async () => {},
    isInteractive: false,
    ask: async () => '',
  }
  const code = await runCommandLine(words, { TAGTREE_DATA_DIR: join(directory, 'none') }, terminal)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('tagtree demo export', () => {
  it('writes the files and their mappings without a server', async () => {
    const shop = join(directory, 'shop')
    const { code, out } = await type(['demo', 'export', shop, '--customers', '30', '--now', '2026-11-22T12:00:00Z'])
    expect(code).toBe(0)
    for (const name of DEMO_FILE_NAMES) expect(out).toContain(join(shop, name))
    expect(readdirSync(shop).sort()).toEqual([...DEMO_FILE_NAMES, 'calendar.json', 'mappings'].sort())
    expect(readdirSync(join(shop, 'mappings')).length).toBe(DEMO_FILE_NAMES.length)
  })

  it('refuses sizes, seeds and moments it cannot make', async () => {
    for (const options of [
      ['--customers', '0'],
      ['--customers', '12x'],
      ['--seed', '-1'],
      ['--now', 'yesterday'],
      ['--now', '1999-01-01'],
    ]) {
      const { code, err } = await type(['demo', 'export', join(directory, 'never'), ...options])
      expect({ options, code }).toEqual({ options, code: 2 })
      expect(err).toContain('COMMAND_INVALID')
      expect(err).toContain(options[0])
    }
    expect((await type(['demo', 'export', join(directory, 'never'), '--seed', 'x'], 'zh')).err).toContain('不能是“x”')
  })
})
