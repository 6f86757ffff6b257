import { randomBytes } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import { askClickHouse, type ClickHouseCredentials } from './http.js'

/**
 * Proves at every start that ClickHouse lets nobody in without the password: the built-in user `default` without one,
 * and Tagtree's user with a wrong one or none. HTTP is the only port the embedded engine opens.
 * @throws AppError ENGINE_OPEN when somebody gets in
 */
export async function checkClickHouseIsClosed(to: ClickHouseCredentials): Promise<void> {
  const wrong = randomBytes(12).toString('hex')
  const strangers = [
    { user: 'default', password: '', who: 'the user default without a password', whoZh: '用户 default 不用密码' },
    { user: to.user, password: wrong, who: 'its user with a wrong password', whoZh: '其用户用错误密码' },
    { user: to.user, password: '', who: 'its user without a password', whoZh: '其用户不用密码' },
  ]
  for (const { user, password, who, whoZh } of strangers) {
    const answer = await askClickHouse({ url: to.url, user, password }, 'SELECT 1')
    if (answer.status === 200) throw new AppError('ENGINE_OPEN', { words: { engine: 'ClickHouse', who, whoZh } })
  }
}
