import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import type { EndpointSpec } from '@tagtree/core/contract/endpoint'
import { AppError } from '@tagtree/core/kernel/app-error'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import type { Bound } from './bind.js'
import type { Language } from './context.js'
import { registerDocs } from './docs.js'
import { errorBody, errorHeaders, toAppError } from './error-reply.js'
import { parseJsonBody } from './json-body.js'
import { preferredLanguage } from './language.js'
import type { Metrics } from './metrics.js'
import { JSON_BODY_LIMIT, principalName, type ServeDependencies, serve } from './serve.js'
import { registerSystem, type SystemProbes } from './system.js'

/** What the HTTP server stands on. */
export interface HttpDependencies extends ServeDependencies {
  readonly routes: readonly Bound[]
  readonly probes: SystemProbes
  readonly metrics: Metrics
  readonly log: Logger
  /** Of answers to clients that name no language. */
  readonly language: Language
  readonly version: string
  /** True from the moment the server refuses new work. */
  isStopping(): boolean
}

/** Builds the server with every route; `listen` on it opens the port. */
export async function makeApp(dependencies: HttpDependencies): Promise<FastifyInstance> {
  const { log, routes, metrics } = dependencies
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_BODY_LIMIT,
    genReqId: () => randomBytes(8).toString('hex'),
    // An upload may take long; a silent connection may not.
    requestTimeout: 0,
    connectionTimeout: 300_000,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, request, reply) => refuse(error, request, reply as unknown as FastifyReply, dependencies),
    clientErrorHandler: refuseBrokenHttp(dependencies.language),
  })
  app.decorateRequest('caller', null)
  app.decorateRequest('language', dependencies.language)
  await app.register(cookie)
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Plain http is the normal case on loopback; a proxy that ends TLS sets this itself.
    strictTransportSecurity: false,
  })
  app.addHook('onRequest', async (request, reply) => {
    request.language = preferredLanguage(request.headers['accept-language'], dependencies.language)
    reply.header('x-request-id', request.id)
    reply.header('cache-control', 'no-store')
    if (dependencies.isStopping()) throw new AppError('SHUTTING_DOWN')
  })
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.observeRequest({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
    const line = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      workspaceId: request.caller?.workspace?.id,
      by: principalName(request.caller),
    }
    if (reply.statusCode >= 500) log.warn(line, 'request failed')
    else log.info(line, 'request')
  })
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, dependencies))
  app.setNotFoundHandler((request, reply) => refuseUnknownRoute(request, reply, dependencies))
  app.removeAllContentTypeParsers()
  const itemised = new Set(routes.filter(({ endpoint }) => endpoint.itemised).map(({ endpoint }) => endpoint.path))
  app.addContentTypeParser(
    /^application\/([\w.-]+\+)?json(\s*;|$)/,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const path = request.routeOptions.url?.slice('/api/v1'.length) as EndpointSpec['path'] | undefined
      return body.length === 0 ? undefined : parseJsonBody(body, path !== undefined && itemised.has(path))
    },
  )

  for (const bound of routes.filter(({ endpoint }) => !endpoint.bodyStream)) serve(app, bound, dependencies)
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers()
    streams.addContentTypeParser('*', (_request, body, done) => done(null, body))
    for (const bound of routes.filter(({ endpoint }) => endpoint.bodyStream)) serve(streams, bound, dependencies)
  })
  await registerSystem(app, dependencies)
  await registerDocs(app, dependencies)
  return app
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, { log, language }: HttpDependencies) {
  const known = toAppError(error, request.routeOptions?.bodyLimit ?? JSON_BODY_LIMIT)
  if (known.status >= 500 && known.code !== 'SHUTTING_DOWN') {
    log.error({ requestId: request.id, route: request.routeOptions?.url, err: known }, 'request failed')
  }
  // The frame closes the connection on a refused body, and a client still sending would never read the answer.
  reply.removeHeader('connection')
  if (known.code === 'SHUTTING_DOWN') reply.header('connection', 'close')
  return reply
    .code(known.status)
    .headers(errorHeaders(known))
    .type('application/json; charset=utf-8')
    .send(errorBody(known, request.language ?? language, request.id))
}

function refuseUnknownRoute(request: FastifyRequest, reply: FastifyReply, dependencies: HttpDependencies) {
  const path = request.url.split('?')[0]!.slice(0, 200)
  const allowed = dependencies.routes
    .filter(({ endpoint }) => matches(`/api/v1${endpoint.path}`, path))
    .map(({ endpoint }) => endpoint.method)
  const error =
    allowed.length > 0
      ? new AppError('METHOD_NOT_ALLOWED', { words: { method: request.method, path } })
      : new AppError('ROUTE_UNKNOWN', { words: { method: request.method, path } })
  if (allowed.length > 0) reply.header('allow', [...new Set(allowed)].join(', '))
  return refuse(error, request, reply, dependencies)
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((step, at) => step.startsWith('{') || step === given[at])
}

/** Answers what is not HTTP at all; there is no request object then. */
function refuseBrokenHttp(language: Language) {
  return (cause: Error, socket: Socket) => {
    if (!socket.writable) return socket.destroy()
    const error = toAppError(cause, JSON_BODY_LIMIT)
    const shown = error.code === 'INTERNAL' ? new AppError('HTTP_BROKEN', { cause }) : error
    const body = JSON.stringify(errorBody(shown, language, 'none'))
    socket.end(
      `HTTP/1.1 ${shown.status} Bad Request\r\ncontent-type: application/json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    )
  }
}
