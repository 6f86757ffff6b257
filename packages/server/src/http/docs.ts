import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { printOpenApi } from '@tagtree/core/contract/openapi'
import type { FastifyInstance } from 'fastify'
import type { Bound } from './bind.js'

/** The page is whole in itself: nothing is loaded from elsewhere, and plain http on a local network works. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** /api/openapi.json and /api/docs, both of exactly the endpoints this server answers. */
export async function registerDocs(
  app: FastifyInstance,
  { routes, version }: { readonly routes: readonly Bound[]; readonly version: string },
): Promise<void> {
  const document = printOpenApi(
    routes.map(({ endpoint }) => endpoint),
    version,
  )
  app.get('/api/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(document))
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: pagePolicy,
    uiConfig: { docExpansion: 'none', deepLinking: true, validatorUrl: null, displayRequestDuration: true } as never,
  })
}
