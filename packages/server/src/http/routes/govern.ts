import * as contract from '@tagtree/core/contract/govern'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { scopesIn } from '../../govern/caller.js'
import type { CachedDirectory } from '../../govern/directory.js'
import { createKey, listKeys, revokeKey } from '../../govern/keys.js'
import { listMembers, removeMember, setMember } from '../../govern/members.js'
import { createUser, listUsers, updateUser } from '../../govern/people.js'
import { changeOwnPassword, signIn, signOut } from '../../govern/sessions.js'
import { createWorkspace, type PrepareWorkspace, updateWorkspace } from '../../govern/workspaces.js'
import { type Bound, bind } from '../bind.js'

export interface GovernDependencies {
  /** Works as tagtree_app. */
  readonly pool: pg.Pool
  readonly directory: CachedDirectory
  readonly masterKey: Buffer
  readonly prepareWorkspace: PrepareWorkspace
  readonly hasData: (workspaceId: number) => Promise<boolean>
}

/** People, workspaces, members and keys. Every change is seen by this process at once. */
export function governRoutes(dependencies: GovernDependencies): Bound[] {
  const { pool, directory, masterKey } = dependencies
  const changing = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work
    } finally {
      directory.forget()
    }
  }
  return [
    bind(contract.login, async ({ body }, context) => {
      const session = await signIn(pool, masterKey, { ...body, remoteAddress: context.remoteAddress })
      context.setSession(session)
      return { token: session.token, expiresAt: session.expiresAt.toISOString(), user: session.user }
    }),
    bind(contract.logout, async (_input, { principal, setSession }) => {
      if (principal.kind === 'person') await changing(signOut(pool, principal.tokenHash))
      setSession(null)
    }),
    bind(contract.showMe, async (_input, { principal }) => ({
      kind: principal.kind,
      name: principal.name,
      instanceAdmin: principal.kind === 'person' && principal.instanceAdmin,
      workspaces: (await directory.workspacesOf(principal)).map(({ id, slug, name }) => ({
        slug,
        name,
        scopes: [...scopesIn(principal, id)],
      })),
    })),
    bind(contract.changePassword, async ({ body }, { principal, remoteAddress }) => {
      if (principal.kind !== 'person') throw new AppError('PERSON_REQUIRED')
      const attempt = { name: principal.name, password: body.current, remoteAddress }
      await changing(changeOwnPassword(pool, masterKey, attempt, body.next, principal.tokenHash))
    }),
    bind(contract.listUsers, async () => ({ items: await listUsers(pool) })),
    bind(contract.createUser, ({ body }) => changing(createUser(pool, body))),
    bind(contract.updateUser, ({ params, body }) => changing(updateUser(pool, params.name, body))),
    bind(contract.listWorkspaces, async (_input, { principal }) => ({
      items: [...(await directory.workspacesOf(principal))],
    })),
    bind(contract.createWorkspace, ({ body }) => changing(createWorkspace(pool, body, dependencies.prepareWorkspace))),
    bind(contract.showWorkspace, async (_input, { workspace }) => workspace),
    bind(contract.updateWorkspace, ({ body }, { workspace }) =>
      changing(updateWorkspace(pool, workspace, body, dependencies.hasData)),
    ),
    bind(contract.listMembers, async (_input, { workspace }) => ({ items: await listMembers(pool, workspace.id) })),
    bind(contract.setMember, ({ params, body }, { workspace }) =>
      changing(setMember(pool, workspace.id, params.user, body.role)),
    ),
    bind(contract.removeMember, ({ params }, { workspace }) => changing(removeMember(pool, workspace.id, params.user))),
    bind(contract.listKeys, async (_input, { workspace }) => ({ items: await listKeys(pool, workspace.id) })),
    bind(contract.createKey, async ({ body }, { workspace, principal, scopes }) => {
      // Nobody hands out more than she has.
      const missing = body.scopes.find((scope) => !scopes.includes(scope))
      if (missing !== undefined) throw new AppError('FORBIDDEN', { words: { scope: missing } })
      const createdBy = principal.kind === 'person' ? principal.userId : null
      return createKey(pool, workspace.id, { ...body, createdBy })
    }),
    bind(contract.revokeKey, ({ params }, { workspace }) => changing(revokeKey(pool, workspace.id, params.id))),
  ]
}
