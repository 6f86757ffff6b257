import type { Catalog } from '@tagtree/core/catalog/catalog'
import { type ListDeps, type ListMoment, publishList } from './publish-list.js'

/**
 * Brings every list up to date: its content may have been undone, and profiles may have merged or parted since it was
 * published. Who was put on a list stays on it. The caller holds the lock of runs; what fails is cleaned as any run.
 */
export async function followLists(
  deps: ListDeps,
  workspaceId: number,
  catalog: Catalog,
  moment: ListMoment,
): Promise<void> {
  for (const list of catalog.lists.values()) {
    if (list.holds === 'subjects') await publishList(deps, workspaceId, list, moment)
  }
}
