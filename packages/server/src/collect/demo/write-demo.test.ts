import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseMapping } from '@tagtree/core/collect/mapping/parse-mapping'
import { DEMO_FILE_NAMES } from '@tagtree/core/demo/files/file'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from './write-demo.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tagtree-demo-'))
})
afterAll(() => rm(directory, { recursive: true }))
const options = { seed: 5, now: Date.UTC(2026, 10, 22, 12), customers: 300 }

const hashes = async (files: readonly { path: string }[]): Promise<string[]> =>
  Promise.all(
    files.map(async ({ path }) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ),
  )

describe('the demo as files', () => {
  it('writes every file, the same bytes each time', async () => {
    const first = await writeDemo(join(directory, 'a'), options)
    const second = await writeDemo(join(directory, 'b', 'deeper'), options)
    expect(first.files.map((file) => file.name)).toEqual([...DEMO_FILE_NAMES])
    expect(first.files.every((file) => file.rows > 0)).toBe(true)
    expect(await hashes(first.files)).toEqual(await hashes(second.files))
    expect(first.truth).toEqual(second.truth)
    expect([...first.people()].length).toBeGreaterThanOrEqual(first.truth.persons)
  })

  it('writes beside each file the mapping that says what its columns mean', async () => {
    const { files } = await writeDemo(join(directory, 'd'), { ...options, customers: 20 })
    for (const { mappingPath } of files) {
      const parsed = parseMapping(JSON.parse(await readFile(mappingPath, 'utf8')))
      expect(parsed.ok ? [] : parsed.issues, mappingPath).toEqual([])
    }
  })

  it('says which directory cannot be written to', async () => {
    const blocked = join(directory, 'a-file')
    await writeFile(blocked, '')
    await expect(writeDemo(join(blocked, 'x'), { ...options, customers: 5 })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
    })
  })

  it('writes the till export in GB18030 and the rest in UTF-8', async () => {
    const { files } = await writeDemo(join(directory, 'c'), { ...options, customers: 60 })
    for (const { name, path } of files) {
      if (name.endsWith('.xlsx')) continue
      const decoder = new TextDecoder(name === 'pos-orders.csv' ? 'gb18030' : 'utf-8', { fatal: true })
      expect(decoder.decode(await readFile(path))).toMatch(/商品|品名|首|会员|企业|device/)
    }
  })
})
