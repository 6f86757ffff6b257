import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeLibraryLinks } from './binaries.js'

it('makes the library links that npm did not make when install scripts were off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagtree-links-'))
  const library = join(folder, 'native', 'lib')
  mkdirSync(library, { recursive: true })
  writeFileSync(join(library, 'libicuuc.so.60.2'), 'code')
  writeFileSync(join(library, 'libpq.so.5.18'), 'code')
  const links = [
    { source: 'native/lib/libicuuc.so.60.2', target: 'native/lib/libicuuc.so.60' },
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
  ]
  writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links))
  writeFileSync(join(library, 'libpq.so.5'), 'already here')
  makeLibraryLinks(folder)
  makeLibraryLinks(folder)
  expect(readlinkSync(join(library, 'libicuuc.so.60'))).toBe('libicuuc.so.60.2')
  expect(readFileSync(join(library, 'libpq.so.5'), 'utf8')).toBe('already here')
  rmSync(folder, { recursive: true })
})
