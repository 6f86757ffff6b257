import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inTransaction } from '../store/postgres.js'

/** The key everything personal is sealed with: `given`, else the one in <data>/keys/master, made at the first start. */
export function openMasterKey(dataDirectory: string, given: Buffer | null): Buffer {
  if (given) return given
  const folder = join(dataDirectory, 'keys')
  const file = join(folder, 'master')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    // Exclusive: two first starts at once end up with one key.
    const handle = openSync(file, 'wx', 0o600)
    writeSync(handle, `${randomBytes(32).toString('hex')}\n`)
    // Lost with the power after data was sealed with it, it would be gone for ever.
    fsyncSync(handle)
    closeSync(handle)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  chmodSync(file, 0o600)
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== 32) throw new AppError('MASTER_KEY_WRONG', { words: { where: file } })
  return key
}

/**
 * Makes sure that this key is the one the stored data was sealed with; remembers it at the first start.
 * @throws AppError MASTER_KEY_WRONG
 */
export async function checkMasterKey(pool: pg.Pool, masterKey: Buffer, where: string): Promise<void> {
  const check = createHmac('sha256', masterKey).update('tagtree master key check').digest()
  await inTransaction(pool, async (tx) => {
    await tx.query(
      `insert into instance (name, value) values ('master_key_check', to_jsonb($1::text)) on conflict do nothing`,
      [check.toString('hex')],
    )
    const { rows } = await tx.query<{ value: string }>(`select value from instance where name = 'master_key_check'`)
    const known = Buffer.from(rows[0]?.value ?? '', 'hex')
    if (known.length !== check.length || !timingSafeEqual(known, check)) {
      throw new AppError('MASTER_KEY_WRONG', { words: { where } })
    }
  })
}
