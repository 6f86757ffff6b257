import { randomBytes } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import { connectByUrl } from './connect.js'

/**
 * Proves at every start that PostgreSQL asks for the password: a wrong one and an empty one must be refused, and
 * refused for that reason.
 * @throws AppError ENGINE_OPEN when somebody gets in; whatever else went wrong as it is
 */
export async function checkPostgresIsClosed(url: string): Promise<void> {
  const wrong = randomBytes(12).toString('hex')
  if (await letsIn(url, wrong)) throw open('the login of Tagtree with a wrong password', 'Tagtree 的登录用错误密码')
  if (await letsIn(url, '')) throw open('the login of Tagtree without a password', 'Tagtree 的登录不用密码')
}

async function letsIn(databaseUrl: string, password: string): Promise<boolean> {
  const url = new URL(databaseUrl)
  url.password = ''
  url.searchParams.delete('password')
  try {
    await (await connectByUrl(url.href, () => password)).end()
    return true
  } catch (cause) {
    if (isRefusal(cause)) return false
    throw cause
  }
}

/** Class 28 of the server (authorisation), or our own driver that was asked for a password and had none to offer. */
function isRefusal(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = (cause as { code?: unknown }).code
  return typeof code === 'string' ? code.startsWith('28') : /^SASL: .*password/.test(cause.message)
}

function open(who: string, whoZh: string): AppError {
  return new AppError('ENGINE_OPEN', { words: { engine: 'PostgreSQL', who, whoZh } })
}
