import { z } from 'zod'
import { endpoint, ROLES, SCOPES } from './endpoint.js'
import { Instant, NumberId } from './page.js'

const UserName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._@-]{0,62}$/, 'lower-case letters, digits and . _ @ -, at most 63 characters')
const Password = z.string().min(8).max(200)
const Slug = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'a lower-case letter, then letters, digits and -, at most 63')
const Label = z.string().trim().min(1).max(200)

/** A person who may sign in. */
export const User = z
  .object({
    name: z.string(),
    displayName: z.string(),
    instanceAdmin: z.boolean(),
    disabled: z.boolean(),
    createdAt: Instant,
  })
  .register(z.globalRegistry, { id: 'User' })

export const Workspace = z
  .object({
    id: z.number().int(),
    slug: z.string(),
    name: z.string(),
    timeZone: z.string(),
    currency: z.string(),
    language: z.enum(['zh', 'en']),
    state: z.enum(['creating', 'ready', 'archived']),
    createdAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Workspace' })

export const login = endpoint({
  id: 'login',
  stage: 'govern',
  method: 'POST',
  path: '/login',
  summary: { zh: '登录，得到会话令牌并设置 Cookie', en: 'Sign in: a session token, also set as a cookie' },
  access: 'public',
  body: z.strictObject({ name: z.string().min(1).max(200), password: z.string().min(1).max(200) }),
  response: z.object({ token: z.string(), expiresAt: Instant, user: User }),
  errors: ['LOGIN_REFUSED', 'LOGIN_THROTTLED'],
})

export const logout = endpoint({
  id: 'logout',
  stage: 'govern',
  method: 'POST',
  path: '/logout',
  summary: { zh: '退出登录', en: 'Sign out' },
  access: 'anyone',
  status: 204,
  errors: ['NOT_SIGNED_IN'],
})

export const showMe = endpoint({
  id: 'showMe',
  stage: 'govern',
  method: 'GET',
  path: '/me',
  summary: { zh: '我是谁，能进入哪些工作区', en: 'Who I am and which workspaces I may enter' },
  access: 'anyone',
  response: z.object({
    kind: z.enum(['person', 'key']),
    name: z.string(),
    instanceAdmin: z.boolean(),
    workspaces: z.array(z.object({ slug: z.string(), name: z.string(), scopes: z.array(z.enum(SCOPES)) })),
  }),
  errors: ['NOT_SIGNED_IN'],
})

export const changePassword = endpoint({
  id: 'changePassword',
  stage: 'govern',
  method: 'POST',
  path: '/me/password',
  summary: { zh: '修改自己的密码，其他会话随即失效', en: 'Change my password; my other sessions end' },
  access: 'anyone',
  body: z.strictObject({ current: z.string().min(1).max(200), next: Password }),
  status: 204,
  errors: ['NOT_SIGNED_IN', 'LOGIN_REFUSED', 'LOGIN_THROTTLED', 'PERSON_REQUIRED'],
})

export const listUsers = endpoint({
  id: 'listUsers',
  stage: 'govern',
  method: 'GET',
  path: '/users',
  summary: { zh: '列出全部用户', en: 'List the people' },
  access: 'instance',
  response: z.object({ items: z.array(User) }),
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN'],
})

export const createUser = endpoint({
  id: 'createUser',
  stage: 'govern',
  method: 'POST',
  path: '/users',
  summary: { zh: '新建用户', en: 'Create a person' },
  access: 'instance',
  idempotent: true,
  body: z.strictObject({
    name: UserName,
    displayName: Label.optional(),
    password: Password,
    instanceAdmin: z.boolean().default(false),
  }),
  response: User,
  status: 201,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'NAME_TAKEN'],
})

export const updateUser = endpoint({
  id: 'updateUser',
  stage: 'govern',
  method: 'PATCH',
  path: '/users/{name}',
  summary: { zh: '修改用户：显示名、密码、停用', en: 'Change a person: shown name, password, disabled' },
  access: 'instance',
  params: z.strictObject({ name: z.string().max(200) }),
  body: z.strictObject({
    displayName: Label.optional(),
    password: Password.optional(),
    instanceAdmin: z.boolean().optional(),
    disabled: z.boolean().optional(),
  }),
  response: User,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'NOT_FOUND', 'LAST_ADMIN'],
})

export const listWorkspaces = endpoint({
  id: 'listWorkspaces',
  stage: 'govern',
  method: 'GET',
  path: '/workspaces',
  summary: { zh: '列出我能进入的工作区', en: 'List the workspaces I may enter' },
  access: 'anyone',
  response: z.object({ items: z.array(Workspace) }),
  errors: ['NOT_SIGNED_IN'],
})

export const createWorkspace = endpoint({
  id: 'createWorkspace',
  stage: 'govern',
  method: 'POST',
  path: '/workspaces',
  summary: { zh: '新建工作区', en: 'Create a workspace' },
  access: 'instance',
  idempotent: true,
  body: z.strictObject({
    slug: Slug,
    name: Label.optional(),
    timeZone: z.string().max(100),
    currency: z.string().max(10),
    language: z.enum(['zh', 'en']).default('zh'),
  }),
  response: Workspace,
  status: 201,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'NAME_TAKEN', 'TIME_ZONE_UNKNOWN', 'CURRENCY_UNKNOWN'],
})

export const showWorkspace = endpoint({
  id: 'showWorkspace',
  stage: 'govern',
  method: 'GET',
  path: '/workspace',
  summary: { zh: '当前工作区', en: 'The workspace in use' },
  access: 'read',
  response: Workspace,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'],
})

export const updateWorkspace = endpoint({
  id: 'updateWorkspace',
  stage: 'govern',
  method: 'PATCH',
  path: '/workspace',
  summary: { zh: '修改当前工作区', en: 'Change the workspace in use' },
  access: 'admin',
  body: z.strictObject({
    name: Label.optional(),
    timeZone: z.string().max(100).optional(),
    language: z.enum(['zh', 'en']).optional(),
  }),
  response: Workspace,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'TIME_ZONE_UNKNOWN', 'WORKSPACE_HAS_DATA'],
})

/** A person's role in the workspace in use. */
export const Member = z
  .object({ user: z.string(), displayName: z.string(), role: z.enum(ROLES) })
  .register(z.globalRegistry, { id: 'Member' })

export const listMembers = endpoint({
  id: 'listMembers',
  stage: 'govern',
  method: 'GET',
  path: '/members',
  summary: { zh: '列出工作区成员', en: 'List the members of the workspace' },
  access: 'admin',
  response: z.object({ items: z.array(Member) }),
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'],
})

export const setMember = endpoint({
  id: 'setMember',
  stage: 'govern',
  method: 'PUT',
  path: '/members/{user}',
  summary: { zh: '加入成员或改变其角色', en: 'Add a member or change the role' },
  access: 'admin',
  params: z.strictObject({ user: z.string().max(200) }),
  body: z.strictObject({ role: z.enum(ROLES) }),
  response: Member,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'NOT_FOUND'],
})

export const removeMember = endpoint({
  id: 'removeMember',
  stage: 'govern',
  method: 'DELETE',
  path: '/members/{user}',
  summary: { zh: '移除成员', en: 'Remove a member' },
  access: 'admin',
  params: z.strictObject({ user: z.string().max(200) }),
  status: 204,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'NOT_FOUND'],
})

/** A key for programs; the whole key is shown once, when it is made. */
export const ApiKey = z
  .object({
    id: z.number().int(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
  })
  .register(z.globalRegistry, { id: 'ApiKey' })

export const listKeys = endpoint({
  id: 'listKeys',
  stage: 'govern',
  method: 'GET',
  path: '/keys',
  summary: { zh: '列出 API 密钥', en: 'List the API keys' },
  access: 'admin',
  response: z.object({ items: z.array(ApiKey) }),
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'],
})

export const createKey = endpoint({
  id: 'createKey',
  stage: 'govern',
  method: 'POST',
  path: '/keys',
  summary: { zh: '新建 API 密钥（完整密钥只显示这一次）', en: 'Create an API key; the whole key is shown only now' },
  access: 'admin',
  body: z.strictObject({
    name: Label,
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  }),
  response: z.object({ key: z.string(), ...ApiKey.shape }),
  status: 201,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED'],
})

export const revokeKey = endpoint({
  id: 'revokeKey',
  stage: 'govern',
  method: 'DELETE',
  path: '/keys/{id}',
  summary: { zh: '吊销 API 密钥', en: 'Revoke an API key' },
  access: 'admin',
  params: z.strictObject({ id: NumberId }),
  response: ApiKey,
  errors: ['NOT_SIGNED_IN', 'FORBIDDEN', 'WORKSPACE_REQUIRED', 'NOT_FOUND'],
})

export const GOVERN_ENDPOINTS = [
  login,
  logout,
  showMe,
  changePassword,
  listUsers,
  createUser,
  updateUser,
  listWorkspaces,
  createWorkspace,
  showWorkspace,
  updateWorkspace,
  listMembers,
  setMember,
  removeMember,
  listKeys,
  createKey,
  revokeKey,
] as const
