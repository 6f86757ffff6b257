import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { makeCursors } from './cursor.js'

const key = randomBytes(32)
const list = { endpoint: 'listJobs', workspaceId: 1, filters: { state: 'done' } }
const Position = z.object({ id: z.number() })

it('a cursor gives its position back in the same list', () => {
  const cursors = makeCursors(key, list)
  expect(cursors.read(cursors.write({ id: 7 }), Position)).toEqual({ id: 7 })
  expect(cursors.read(undefined, Position)).toBeUndefined()
})

it.each([
  ['another endpoint', { ...list, endpoint: 'listKeys' }],
  ['another workspace', { ...list, workspaceId: 2 }],
  ['other filters', { ...list, filters: {} }],
])('a cursor is refused in %s', (_what, other) => {
  const text = makeCursors(key, list).write({ id: 7 })
  expect(() => makeCursors(key, other).read(text, Position)).toThrow(
    expect.objectContaining({ code: 'CURSOR_INVALID' }),
  )
})

it.each(['', 'x', 'AAAA', 'ééé', `${'A'.repeat(40)}`])('a made-up cursor %j is refused', (text) => {
  expect(() => makeCursors(key, list).read(text, Position)).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }))
})

it('a changed position is refused', () => {
  const cursors = makeCursors(key, list)
  const bytes = Buffer.from(cursors.write({ id: 7 }), 'base64url')
  bytes[bytes.length - 2] = 0x38
  expect(() => cursors.read(bytes.toString('base64url'), Position)).toThrow(
    expect.objectContaining({ code: 'CURSOR_INVALID' }),
  )
})
