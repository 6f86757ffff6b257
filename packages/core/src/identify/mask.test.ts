import { expect, it } from 'vitest'
import { maskIdentity } from './mask.js'

it.each([
  ['phone', '13901234567', '139****4567'],
  ['phone', '1390', '****'],
  ['email', 'ana.lee@example.com', 'an***@example.com'],
  ['email', 'a@example.com', '***@example.com'],
  ['openid.wx1', 'oABCDEFG', 'oA****FG'],
  ['user_id', 'u1', '****'],
])('masks a %s', (kind, value, masked) => expect(maskIdentity(kind, value)).toBe(masked))
