import { type Access, ROLE_SCOPES, type Scope } from '@tagtree/core/contract/endpoint'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Principal, WorkspaceRecord } from './principal.js'

/** Who calls, and in which workspace; null where the endpoint needs none. */
export interface Caller {
  readonly principal: Principal | null
  readonly workspace: WorkspaceRecord | null
  readonly scopes: readonly Scope[]
}
/** How callers and workspaces are looked up (govern). */
export interface Directory {
  /** Of a session token or an API key; null when it is unknown, expired or revoked. */
  principalOf(token: string): Promise<Principal | null>
  workspaceBySlug(slug: string): Promise<WorkspaceRecord | null>
  workspaceById(id: number): Promise<WorkspaceRecord | null>
  /** Workspaces a person may enter, by slug. */
  workspacesOf(principal: Principal): Promise<readonly WorkspaceRecord[]>
}
export interface Credentials {
  readonly token: string | undefined
  /** Value of the header Tagtree-Workspace. */
  readonly workspace: string | undefined
}

/**
 * Lets a request in or refuses it.
 * @throws AppError NOT_SIGNED_IN | FORBIDDEN | WORKSPACE_REQUIRED | WORKSPACE_NOT_READY | NOT_FOUND
 */
export async function admit(directory: Directory, access: Access, credentials: Credentials): Promise<Caller> {
  if (access === 'public') return { principal: null, workspace: null, scopes: [] }
  const principal = credentials.token === undefined ? null : await directory.principalOf(credentials.token)
  if (principal === null) throw new AppError('NOT_SIGNED_IN')
  if (access === 'anyone') return { principal, workspace: null, scopes: [] }
  if (access === 'instance') {
    const allowed = principal.kind === 'person' && principal.instanceAdmin
    if (!allowed) throw new AppError('FORBIDDEN', { words: { scope: 'instance' } })
    return { principal, workspace: null, scopes: [] }
  }
  const workspace = await enter(directory, principal, credentials.workspace)
  const scopes = scopesIn(principal, workspace.id)
  if (!scopes.includes(access)) throw new AppError('FORBIDDEN', { words: { scope: access } })
  if (workspace.state !== 'ready') {
    throw new AppError('WORKSPACE_NOT_READY', { words: { workspace: workspace.slug, state: workspace.state } })
  }
  return { principal, workspace, scopes }
}

/** What a principal may do in a workspace; empty when it may not enter. */
export function scopesIn(principal: Principal, workspaceId: number): readonly Scope[] {
  if (principal.kind === 'key') return principal.workspaceId === workspaceId ? principal.scopes : []
  if (principal.instanceAdmin) return ROLE_SCOPES.admin
  const role = principal.roles.get(workspaceId)
  return role === undefined ? [] : ROLE_SCOPES[role]
}

/** The workspace meant. One that may not be entered is told apart from a missing one by nothing. */
async function enter(directory: Directory, principal: Principal, slug: string | undefined): Promise<WorkspaceRecord> {
  if (slug !== undefined && slug !== '') {
    const named = await directory.workspaceBySlug(slug)
    if (named && scopesIn(principal, named.id).length > 0) return named
    throw new AppError('NOT_FOUND', { words: { what: { en: 'workspace', zh: '工作区' }, name: slug.slice(0, 63) } })
  }
  if (principal.kind === 'key') {
    const own = await directory.workspaceById(principal.workspaceId)
    if (own) return own
    throw new AppError('NOT_SIGNED_IN')
  }
  const [first, ...others] = (await directory.workspacesOf(principal)).filter(({ state }) => state !== 'archived')
  if (first === undefined || others.length > 0) throw new AppError('WORKSPACE_REQUIRED')
  return first
}
