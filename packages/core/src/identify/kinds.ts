import type { IdentityKindEntry } from '../catalog/catalog.js'

const kind = (
  key: string,
  zh: string,
  en: string,
  priority: number,
  limit: number | null,
  rest: Partial<Pick<IdentityKindEntry, 'subject' | 'normalise' | 'strong'>> = {},
): IdentityKindEntry => ({
  key,
  subject: 'person',
  strong: limit !== null,
  limit,
  priority,
  normalise: 'text',
  labels: { zh, en },
  ...rest,
})

/**
 * The identity kinds a new workspace begins with. `crm` and `openid` are used with a scope (`crm.sales`,
 * `openid.wx12ab`): one kind per system or app. A workspace can change the table.
 */
export const DEFAULT_IDENTITY_KINDS: readonly IdentityKindEntry[] = [
  kind('user_id', '用户编号', 'User id', 10, 1),
  kind('unionid', '微信 UnionID', 'WeChat union id', 20, 1),
  kind('organisation_id', '组织编号', 'Organisation id', 10, 1, { subject: 'organisation' }),
  kind('crm', 'CRM 编号', 'CRM id', 30, 1),
  kind('phone', '手机号', 'Phone', 40, 3, { normalise: 'phone' }),
  kind('email', '电子邮箱', 'E-mail', 50, 5, { normalise: 'email' }),
  kind('openid', '微信 OpenID', 'WeChat open id', 60, 1),
  kind('member_card', '会员卡号', 'Member card', 70, 3),
  kind('device_id', '设备编号', 'Device id', 80, null),
  kind('anonymous_id', '匿名编号', 'Anonymous id', 90, null),
]

/** The rules of a kind: its own entry, else those of the part before the first dot (`openid.wx1` → `openid`). */
export function findIdentityKind(
  kinds: ReadonlyMap<string, IdentityKindEntry>,
  key: string,
): IdentityKindEntry | undefined {
  const own = kinds.get(key)
  if (own !== undefined) return own
  const dot = key.indexOf('.')
  if (dot <= 0 || !/^[A-Za-z0-9_$][A-Za-z0-9_.$-]{1,79}$/.test(key) || key.endsWith('.')) return undefined
  const family = kinds.get(key.slice(0, dot))
  return family === undefined ? undefined : { ...family, key }
}
