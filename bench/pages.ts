import type { Client } from '@tagtree/core/contract/client'
import { listAudienceMembers } from '@tagtree/core/contract/segment'
import { getSubject } from '@tagtree/core/contract/subject'
import { type BenchResult, percentile, timeEach } from './measure.js'

/** The two pages people open all day: members of a tag, and one customer. */
export async function benchPages(client: Client): Promise<BenchResult[]> {
  const first = await client.call(listAudienceMembers, { params: { kind: 'tags', id: 'rfm' }, query: { limit: 100 } })
  const ids = first.items.map((member) => member.profileId)
  const members = await timeEach(40, 5, () =>
    client.call(listAudienceMembers, { params: { kind: 'tags', id: 'rfm' }, query: { limit: 50 } }),
  )
  let at = 0
  const profiles = await timeEach(40, 5, () => {
    at += 1
    return client.call(getSubject, { params: { id: ids[at % ids.length]! } })
  })
  return [pageResult('members page of 50, p95', members), pageResult('profile page, p95', profiles)]
}

function pageResult(name: string, samples: readonly number[]): BenchResult {
  const p95 = percentile(samples, 0.95)
  return { name, measured: `${p95.toFixed(0)} ms`, target: '<= 150 ms', met: p95 <= 150 }
}
