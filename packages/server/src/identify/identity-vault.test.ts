import { describe, expect, it } from 'vitest'
import { openVault } from './identity-vault.js'

const vault = openVault(Buffer.alloc(32, 7))

describe('the identity vault', () => {
  it('reads back what it encrypted, for that row only', () => {
    const sealed = vault.encryptIdentity(1, 'phone', 5, '13901234567')
    expect(vault.decryptIdentity(1, 'phone', 5, sealed)).toBe('13901234567')
    expect(sealed.includes('13901234567')).toBe(false)
    expect(() => vault.decryptIdentity(1, 'phone', 6, sealed)).toThrow('could not be decrypted')
    expect(() => vault.decryptIdentity(2, 'phone', 5, sealed)).toThrow('could not be decrypted')
    expect(() => vault.decryptIdentity(1, 'email', 5, sealed)).toThrow('could not be decrypted')
  })

  it('encrypts the same value differently each time and finds it by its blind value', () => {
    expect(vault.encryptIdentity(1, 'phone', 5, 'x').equals(vault.encryptIdentity(1, 'phone', 5, 'x'))).toBe(false)
    expect(vault.blind(1, 'phone', 'x').equals(vault.blind(1, 'phone', 'x'))).toBe(true)
    expect(vault.blind(1, 'phone', 'x').equals(vault.blind(2, 'phone', 'x'))).toBe(false)
    expect(vault.blind(1, 'phone', 'x').equals(vault.blind(1, 'email', 'x'))).toBe(false)
    expect(vault.blind(1, 'phone', 'x')).toHaveLength(16)
  })
})
