import type { Role, Scope } from '@tagtree/core/contract/endpoint'

/** The workspace a request is about. */
export interface WorkspaceRecord {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly timeZone: string
  readonly currency: string
  readonly language: 'zh' | 'en'
  /** Its ClickHouse database. */
  readonly database: string
  readonly state: 'creating' | 'ready' | 'archived'
  /** ISO instant. */
  readonly createdAt: string
}

/** Who sent a request. */
export type Principal =
  | {
      readonly kind: 'person'
      readonly userId: number
      readonly name: string
      readonly displayName: string
      readonly instanceAdmin: boolean
      /** Workspace id -> role; an administrator of the installation enters every workspace as admin. */
      readonly roles: ReadonlyMap<number, Role>
      readonly tokenHash: Buffer
    }
  | {
      readonly kind: 'key'
      readonly keyId: number
      readonly name: string
      readonly workspaceId: number
      readonly scopes: readonly Scope[]
    }
