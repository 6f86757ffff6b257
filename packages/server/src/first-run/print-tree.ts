import { treeText } from '@tagtree/core/catalog/tree-text'
import { showCatalogue } from '@tagtree/core/contract/catalogue'
import { listWorkspaces } from '@tagtree/core/contract/govern'
import { clientOf, type FirstStep } from './first-step.js'

/** Prints the tag tree of every workspace that has one. */
export function treeStep(language: 'zh' | 'en'): FirstStep {
  return {
    title: null,
    async run(context) {
      const { items } = await clientOf(context).call(listWorkspaces)
      for (const workspace of items.filter(({ state }) => state === 'ready')) {
        const outline = await clientOf(context, workspace.slug).call(showCatalogue)
        if (outline.categories.length + outline.tags.length === 0) continue
        const text = treeText(outline, language)
        context.say(`\n${text}\n`, `\n${text}\n`)
      }
    },
  }
}
