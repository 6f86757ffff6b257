import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What /metrics shows. Values are read when they are asked for, so nothing runs in between. */
export interface Metrics {
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void
  /** Adds a number that is read at every scrape. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void
  /** The same for several values told apart by one label. */
  gauges(
    name: string,
    help: string,
    label: string,
    read: () => Record<string, number> | Promise<Record<string, number>>,
  ): void
  readonly contentType: string
  print(): Promise<string>
}

/** A registry of its own, so that two servers in one process do not mix. */
export function makeMetrics(): Metrics {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const requests = new Histogram({
    name: 'tagtree_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.15, 0.5, 2, 10, 60],
    registers: [register],
  })
  return {
    observeRequest: (labels, seconds) => requests.observe({ ...labels, status: String(labels.status) }, seconds),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [register],
        async collect() {
          const number = await readOrNothing(read)
          if (number === undefined) this.remove()
          else this.set(number)
        },
      })
    },
    gauges(name, help, label, read) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [register],
        async collect() {
          this.reset()
          for (const [value, number] of Object.entries((await readOrNothing(read)) ?? {})) {
            this.set({ [label]: value }, number)
          }
        },
      })
    },
    contentType: register.contentType,
    print: () => register.metrics(),
  }
}

/** A number that cannot be read now (its engine is down) is left out: the others are needed most then. */
async function readOrNothing<Value>(read: () => Value | Promise<Value>): Promise<Value | undefined> {
  try {
    return await read()
  } catch {
    return undefined
  }
}
