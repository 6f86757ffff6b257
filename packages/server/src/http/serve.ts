import { Readable } from 'node:stream'
import type { EndpointSpec } from '@tagtree/core/contract/endpoint'
import { successStatus } from '@tagtree/core/contract/openapi'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { admit, type Caller, type Directory } from '../govern/caller.js'
import type { AnyContext, Bound } from './bind.js'
import type { BodyStream, Language, StreamReply } from './context.js'
import { makeCursors } from './cursor.js'
import type { Idempotency } from './idempotency.js'
import { inflateBody } from './inflate.js'
import { validatePart } from './validate.js'

export const JSON_BODY_LIMIT = 10 * 1024 * 1024
export const SESSION_COOKIE = 'tagtree_session'
const noFields = z.strictObject({})

/** What every endpoint needs to be served. */
export interface ServeDependencies {
  readonly directory: Directory
  readonly idempotency: Idempotency
  readonly masterKey: Buffer
  /** Aborted when the server stops and does not wait any longer. */
  readonly stopping: AbortSignal
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read. */
    caller: Caller | null
    language: Language
  }
}

/** Puts one bound endpoint of the contract on the server. */
export function serve(app: FastifyInstance, bound: Bound, dependencies: ServeDependencies): void {
  const spec = bound.endpoint
  const limit = spec.bodyLimit ?? (spec.bodyStream ? Number.MAX_SAFE_INTEGER : JSON_BODY_LIMIT)
  app.route({
    method: spec.method,
    url: `/api/v1${spec.path.replace(/\{(\w+)\}/g, ':$1')}`,
    bodyLimit: limit,
    onRequest: async (request) => {
      const cookie = request.cookies[SESSION_COOKIE]
      const token = bearerOf(request) ?? cookie
      if (bearerOf(request) === undefined && cookie !== undefined) refuseCrossSite(request)
      const workspace = request.headers['tagtree-workspace']
      request.caller = await admit(dependencies.directory, spec.access, {
        token,
        workspace: Array.isArray(workspace) ? workspace[0] : workspace,
      })
    },
    preParsing: async (request, _reply, body) => {
      const encoding = request.headers['content-encoding']
      return inflateBody(body as Readable, encoding, limit)
    },
    handler: (request, reply) => answer(request, reply, bound, dependencies),
  })
}

async function answer(request: FastifyRequest, reply: FastifyReply, bound: Bound, dependencies: ServeDependencies) {
  const spec = bound.endpoint
  const input = {
    params: validatePart(spec.params ?? noFields, { ...(request.params as object) }, 'params'),
    query: validatePart(spec.query ?? noFields, { ...(request.query as object) }, 'query'),
    body: spec.body ? validatePart(spec.body, request.body, 'body') : undefined,
  }
  const context = contextOf(request, reply, spec, input.query, dependencies)
  const work = async () => {
    const result = await bound.handle(input, context)
    return { status: successStatus(spec), response: spec.response ? checkedResponse(spec, result) : result }
  }
  if (spec.idempotent && context.idempotencyKey !== null) {
    const slot = {
      workspaceId: context.workspace?.id ?? 0,
      principal: principalName(request.caller),
      key: context.idempotencyKey,
      endpoint: spec.id,
      request: input,
    }
    const { status, response, replayed } = await dependencies.idempotency.once(slot, work)
    if (replayed) reply.header('idempotency-replayed', 'true')
    return reply.code(status).send(response)
  }
  const { status, response } = await work()
  reply.code(status)
  if (spec.responseStream) return sendStream(reply, response as StreamReply)
  return spec.response ? reply.send(response) : reply.send()
}

function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  spec: EndpointSpec,
  query: object,
  dependencies: ServeDependencies,
): AnyContext {
  const caller = request.caller ?? { principal: null, workspace: null, scopes: [] }
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  const { cursor: _cursor, limit: _limit, ...filters } = query as { cursor?: unknown; limit?: unknown }
  return {
    requestId: request.id,
    language: request.language,
    remoteAddress: request.ip,
    signal: AbortSignal.any([gone.signal, dependencies.stopping]),
    cursors: makeCursors(dependencies.masterKey, {
      endpoint: spec.id,
      workspaceId: caller.workspace?.id ?? 0,
      filters: { filters, params: request.params },
    }),
    idempotencyKey: spec.idempotent ? idempotencyKeyOf(request) : null,
    setSession(session) {
      const fixed = { path: '/', httpOnly: true, sameSite: 'lax', secure: 'auto' } as const
      if (session) reply.setCookie(SESSION_COOKIE, session.token, { ...fixed, expires: session.expiresAt })
      else reply.clearCookie(SESSION_COOKIE, fixed)
    },
    // Endpoints that have no workspace or principal do not see these fields by their types.
    principal: caller.principal!,
    workspace: caller.workspace!,
    scopes: caller.scopes,
    ...(spec.bodyStream ? { bodyStream: bodyStreamOf(request, spec) } : {}),
  }
}

function bodyStreamOf(request: FastifyRequest, spec: EndpointSpec): BodyStream {
  const accepted = spec.bodyStream!.mediaTypes
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (!accepted.includes('*/*') && !accepted.includes(contentType)) {
    throw new AppError('MEDIA_TYPE_UNSUPPORTED', { words: { expected: accepted.join(', ') } })
  }
  const announced = Number(request.headers['content-length'])
  return {
    contentType,
    contentLength: request.headers['content-length'] === undefined || !Number.isFinite(announced) ? null : announced,
    stream: (request.body as Readable | undefined) ?? Readable.from([]),
  }
}

/** The answer as the contract has it: fields the contract does not name never leave. */
function checkedResponse(spec: EndpointSpec, result: unknown): unknown {
  const checked = spec.response!.safeParse(result)
  if (checked.success) return checked.data
  const places = checked.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`)
  const cause = new TypeError(`the answer of ${spec.id} breaks its contract at ${places.slice(0, 5).join('; ')}`)
  throw new AppError('INTERNAL', { cause })
}

function sendStream(reply: FastifyReply, { contentType, fileName, body }: StreamReply) {
  reply.type(contentType)
  if (fileName !== undefined) {
    const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
    const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
    reply.header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`)
  }
  return reply.send(body)
}

function bearerOf(request: FastifyRequest): string | undefined {
  const match = /^bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')
  return match?.[1]
}

/** A cookie is sent by the browser whoever asks; a change must come from our own page. */
function refuseCrossSite(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new AppError('CROSS_SITE')
  const origin = request.headers.origin
  if (origin === undefined) return
  if (!URL.canParse(origin) || new URL(origin).host !== request.headers.host) throw new AppError('CROSS_SITE')
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key']
  if (header === undefined) return null
  if (Array.isArray(header) || !/^[\x21-\x7e]{1,200}$/.test(header)) throw new AppError('IDEMPOTENCY_KEY_INVALID')
  return header
}

/** Names a caller in records; no personal data. */
export function principalName(caller: Caller | null): string {
  const principal = caller?.principal
  if (!principal) return 'nobody'
  return principal.kind === 'person' ? `user:${principal.userId}` : `key:${principal.keyId}`
}
