import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.js'

/** Asks the running parts how they are. */
export interface SystemProbes {
  /** Whether each engine answers a query now. */
  engines(): Promise<{ readonly postgres: boolean; readonly clickhouse: boolean }>
}

/** /health (this process lives), /ready (both engines answer), /metrics (Prometheus). None needs a sign-in. */
export async function registerSystem(
  app: FastifyInstance,
  { probes, metrics, version }: { readonly probes: SystemProbes; readonly metrics: Metrics; readonly version: string },
): Promise<void> {
  app.get('/health', async () => ({ status: 'ok', version }))
  app.get('/ready', async (_request, reply) => {
    const engines = await probes.engines()
    const ready = engines.postgres && engines.clickhouse
    if (!ready) reply.code(503).header('retry-after', '2')
    const word = (up: boolean) => (up ? 'up' : 'down')
    return {
      status: ready ? 'ready' : 'waiting',
      postgres: word(engines.postgres),
      clickhouse: word(engines.clickhouse),
    }
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.print()))
  app.get('/', async (_request, reply) => reply.redirect('/api/docs'))
}
