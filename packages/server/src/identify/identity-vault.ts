import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomFillSync } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'

/** Encrypts what is personal and makes it findable without being readable. One derived key per workspace and purpose. */
export interface Vault {
  /** 16 bytes that are equal for equal (kind, value) of one workspace and tell nothing else. */
  blind(workspaceId: number, kind: string, value: string): Buffer
  /** Encrypts a value for one row only: it cannot be moved to another node, field or workspace. */
  encryptIdentity(workspaceId: number, kind: string, nodeId: number, value: string): Buffer
  /** @throws AppError DECRYPTION_FAILED when it was made for another row or with another key */
  decryptIdentity(workspaceId: number, kind: string, nodeId: number, encrypted: Buffer): string
  /** The same for a set aside record. */
  encryptRecord(workspaceId: number, batchNo: number, record: string): Buffer
  decryptRecord(workspaceId: number, batchNo: number, encrypted: Buffer): string
}

type Purpose = 'blind' | 'identity' | 'quarantine'

const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

export function openVault(masterKey: Buffer): Vault {
  const keys = new Map<string, Buffer>()
  const keyOf = (workspaceId: number, purpose: Purpose): Buffer => {
    const name = `tagtree/v1/workspace/${workspaceId}/${purpose}`
    let key = keys.get(name)
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), name, 32))
      keys.set(name, key)
    }
    return key
  }
  const identityPlace = (workspaceId: number, kind: string, nodeId: number): string =>
    `${workspaceId}/identity_node.value/${nodeId}/${kind}`
  const recordPlace = (workspaceId: number, batchNo: number): string => `${workspaceId}/quarantine.record/${batchNo}`
  return {
    blind: (workspaceId, kind, value) =>
      createHmac('sha256', keyOf(workspaceId, 'blind')).update(`${kind}\0${value}`).digest().subarray(0, 16),
    encryptIdentity: (workspaceId, kind, nodeId, value) =>
      seal(keyOf(workspaceId, 'identity'), identityPlace(workspaceId, kind, nodeId), value),
    decryptIdentity: (workspaceId, kind, nodeId, encrypted) =>
      open(keyOf(workspaceId, 'identity'), identityPlace(workspaceId, kind, nodeId), encrypted),
    encryptRecord: (workspaceId, batchNo, record) =>
      seal(keyOf(workspaceId, 'quarantine'), recordPlace(workspaceId, batchNo), record),
    decryptRecord: (workspaceId, batchNo, encrypted) =>
      open(keyOf(workspaceId, 'quarantine'), recordPlace(workspaceId, batchNo), encrypted),
  }
}

/** version | iv | tag | AES-256-GCM, the place as additional data. */
function seal(key: Buffer, place: string, text: string): Buffer {
  const iv = randomFillSync(Buffer.allocUnsafe(IV_BYTES))
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(place))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), body])
}

function open(key: Buffer, place: string, sealed: Buffer): string {
  try {
    const iv = sealed.subarray(1, 1 + IV_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(place))
    decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES))
    const body = sealed.subarray(1 + IV_BYTES + TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch (error) {
    throw new AppError('DECRYPTION_FAILED', { cause: error })
  }
}
