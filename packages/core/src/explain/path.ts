import type { EvaluateScope } from '../evaluate/scope.js'
import { codeOfPath, pathOf as treePathOf } from '../evaluate/tree-path.js'
import type { Condition, Definition, TagDefinition, Tail, TreeNode, Value } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import type { Scope } from '../language/frame/scope.js'
import { assignWayOf, groupHeadOf, operatorOf, valueHeadOf } from '../language/frame/which.js'
import { findType } from '../language/type-of.js'
import { branchCondition } from './branch-condition.js'
import type { PathNode, Said } from './explanation.js'
import type { Part } from './head.js'
import { CONDITION_EXPLANATIONS, VALUE_EXPLANATIONS, WAY_EXPLANATIONS } from './heads.js'
import type { Words } from './say.js'
import type { Trial } from './trial.js'

/** A path has at most so many parts. */
const MOST_NODES = 2_000

/** The tree of conditions and values with what each came to, and which of them decided. */
export function explainPath(trial: Trial, words: Words): PathNode {
  return new PathBuilder(trial, words).definition(trial.definition, '', true, [])
}

class PathBuilder {
  #left = MOST_NODES

  constructor(
    private readonly trial: Trial,
    private readonly words: Words,
  ) {}

  definition(own: Definition, pointer: string, decided: boolean, inside: readonly string[], from = own.id): PathNode {
    const place = this.trial.place(own)
    const scope = scopeOf(place, own)
    const value = this.#valueOf(own, place)
    const isAbout = this.trial.isAbout(own)
    const context: Context = { own, place, scope, inside: [...inside, own.id] }
    const parts = isAbout && this.#left-- > 0 ? this.#body(context, value, decided) : []
    const said = this.words.both((speaker) => speaker.label(own.name))
    return {
      kind: 'definition',
      definition: from,
      pointer,
      said,
      value,
      valueSaid: this.words.ofDefinition(own, value),
      ...(isAbout ? {} : { missing: this.#notAbout(own) }),
      decided,
      parts,
    }
  }

  #valueOf(own: Definition, place: EvaluateScope): EventScopeValue {
    if (own.id === this.trial.definition.id) return this.trial.at(this.trial.asOf)
    if (own.kind === 'segment') return place.segment(own.id)
    return place.tag(own.id).value
  }

  #body(context: Context, value: EventScopeValue, decided: boolean): PathNode[] {
    const { own } = context
    switch (own.kind) {
      case 'segment':
        return [this.#condition(own.where, '/where', decided, context)]
      case 'metric':
        return [this.#value(own.value, '/value', decided, context)]
      case 'tree':
        return this.#tree(own.root, context, decided)
      case 'tag': {
        if (own.only === undefined) return this.#assign(own, value, decided, context)
        const speaks = context.place.condition(own.only) === true
        const only = this.#condition(own.only, '/only', decided && !speaks, context)
        return speaks ? [only, ...this.#assign(own, value, decided, context)] : [only]
      }
    }
  }

  #assign(tag: TagDefinition, value: EventScopeValue, decided: boolean, context: Context): PathNode[] {
    if ('rules' in tag.assign) return this.#rules(tag, decided, context)
    const way = WAY_EXPLANATIONS[assignWayOf(tag.assign) as 'cut']
    const nodes = way.parts(tag.assign as never).map((part) => this.#part(part, '', decided, context))
    const against = way.against?.(tag.assign as never, context.place)
    const first = nodes[0]
    if (first === undefined || way.against === undefined) return nodes
    if (against == null) return [{ ...first, ...(value === null ? { missing: this.#noFit() } : {}) }, ...nodes.slice(1)]
    const type = 'cut' in tag.assign ? findType(tag.assign.cut, context.scope) : null
    return [{ ...first, against, againstSaid: this.#list(against, type) }, ...nodes.slice(1)]
  }

  #rules(tag: TagDefinition, decided: boolean, context: Context): PathNode[] {
    if (!('rules' in tag.assign)) return []
    const { rules } = tag.assign
    const truths = rules.map(({ when }) => context.place.condition(when))
    const first = truths.indexOf(true)
    return rules.map(({ value, when }, index): PathNode => {
      const truth = truths[index]!
      // The first true rule decides, and that those before it do not hold; of a multi family every rule for itself.
      const own = decided && (tag.family === 'multi' || first < 0 || index <= first)
      return {
        kind: 'rule',
        definition: tag.id,
        pointer: `/assign/rules/${index}`,
        said: this.words.ofDefinition(tag, String(value)),
        truth,
        decided: decided && (first < 0 || (tag.family === 'multi' ? truth === true : index === first)),
        parts: [this.#condition(when, `/assign/rules/${index}/when`, own, context)],
      }
    })
  }

  /** The branches from the root to the leaf, each with its siblings before it. */
  #tree(root: TreeNode, context: Context, decided: boolean): PathNode[] {
    if (context.own.kind !== 'tree') return []
    const path = treePathOf(context.own, context.place)
    const nodes: PathNode[] = []
    let parent = root
    let pointer = '/root'
    for (const id of path) {
      const split = parent.split ?? []
      const at = split.findIndex((child) => child.id === id)
      for (const [index, child] of split.slice(0, at + 1).entries()) {
        nodes.push(this.#branch(child, parent, `${pointer}/split/${index}`, decided && index === at, context))
      }
      parent = split[at]!
      pointer = `${pointer}/split/${at}`
    }
    return codeOfPath(path) === null ? [] : nodes
  }

  #branch(child: TreeNode, parent: TreeNode, pointer: string, decided: boolean, context: Context): PathNode {
    const condition = branchCondition(child, parent)
    const part = condition === null ? [] : [this.#condition(condition, `${pointer}/when`, decided, context)]
    return {
      kind: 'rule',
      definition: context.own.id,
      pointer,
      said: this.words.both((speaker) => speaker.label(child.name ?? child.id)),
      truth: condition === null ? true : (part[0]!.truth ?? null),
      decided,
      parts: part,
    }
  }

  #part(part: Part, pointer: string, decided: boolean, context: Context): PathNode {
    const at = `${pointer}${part.at}`
    if ('value' in part) return this.#value(part.value, at, decided, context)
    if ('condition' in part) return this.#condition(part.condition, at, decided, context)
    const definition = this.trial.definitionOf(part.definition)
    if (definition === undefined || context.inside.includes(part.definition)) {
      return {
        kind: 'definition',
        definition: context.own.id,
        pointer: at,
        said: same(part.definition),
        decided,
        parts: [],
      }
    }
    return this.definition(definition, at, decided, context.inside, context.own.id)
  }

  #condition(condition: Condition, pointer: string, decided: boolean, context: Context): PathNode {
    const { own, place, scope } = context
    const truth = place.condition(condition)
    const node = {
      kind: 'condition',
      definition: own.id,
      pointer,
      said: this.words.both((speaker) => speaker.condition(condition, scope)),
      truth,
      decided,
    } as const
    if (this.#left-- <= 0) return { ...node, parts: [] }
    const head = groupHeadOf(condition)
    if (head !== null) {
      const about = CONDITION_EXPLANATIONS[head as 'all']
      const parts = about.parts(condition as never).map((part) => {
        const truthOfPart = 'condition' in part ? place.condition(part.condition) : truth
        return this.#part(part, pointer, decided && about.decides(truthOfPart, truth), context)
      })
      return { ...node, parts }
    }
    const operator = operatorOf(condition as Tail)!
    const right = (condition as unknown as Record<string, unknown>)[operator]
    const sides = (Array.isArray(right) ? right : [right]).flatMap((side, index): { at: string; value: Value }[] =>
      typeof side === 'object' && side !== null && valueHeadOf(side) !== null
        ? [{ at: Array.isArray(right) ? `/${operator}/${index}` : `/${operator}`, value: side as Value }]
        : [],
    )
    return {
      ...node,
      parts: [
        this.#value(withoutOperator(condition as Value & Tail, operator), pointer, decided, context),
        ...sides.map((side) => this.#value(side.value, `${pointer}${side.at}`, decided, context)),
      ],
    }
  }

  #value(value: Value, pointer: string, decided: boolean, context: Context): PathNode {
    const { own, place, scope } = context
    const found = place.value(value).value
    const type = findType(value, scope)
    const head = valueHeadOf(value)
    const about = head !== null && head in VALUE_EXPLANATIONS ? VALUE_EXPLANATIONS[head as 'cut'] : null
    const parts =
      about === null || this.#left-- <= 0
        ? []
        : about.parts(value as never).map((part) => this.#part(part, pointer, decided, context))
    const against = about?.against?.(value as never, place) ?? null
    const isOwnFault = found === null && about !== null && parts.every((part) => part.value !== null)
    return {
      kind: 'value',
      definition: own.id,
      pointer,
      said: this.words.both((speaker) => speaker.value(value, scope)),
      value: found,
      valueSaid: this.words.value(found, type),
      ...(against === null ? {} : { against, againstSaid: this.#list(against, type) }),
      ...(isOwnFault ? { missing: this.words.both((speaker) => about.missing(value as never, scope, speaker)) } : {}),
      decided,
      parts,
    }
  }

  #list(numbers: readonly bigint[], type: Parameters<Words['value']>[1]): Said {
    return this.words.both((speaker) =>
      numbers
        .map((one) => this.words.value(one, type))
        .map((said) => speaker.pick(said.zh, said.en))
        .join(speaker.pick('、', ', ')),
    )
  }

  #noFit(): Said {
    return { zh: '尚无分界点（未运行或组内无人）', en: 'there are no cuts yet (no run, or nobody in the group)' }
  }

  #notAbout(own: Definition): Said {
    const { facts, asOf } = this.trial
    if (facts.firstTs >= asOf) return { zh: '此时尚未出现过', en: 'not seen yet at that moment' }
    return (own.who ?? 'customers') === 'customers'
      ? { zh: '还不是客户（没有强身份）', en: 'no customer yet (no strong identity)' }
      : { zh: '已是客户，不再是访客', en: 'a customer, no visitor any more' }
  }
}

interface Context {
  readonly own: Definition
  readonly place: EvaluateScope
  readonly scope: Scope
  /** Definitions around it, against endless descent. */
  readonly inside: readonly string[]
}

function scopeOf({ catalog }: EvaluateScope, own: Definition): Scope {
  return { catalog, subject: own.subject ?? 'person', stream: null }
}

function withoutOperator(condition: Value & Tail, operator: string): Value {
  const { [operator]: _, ...value } = condition as Record<string, unknown>
  return value as unknown as Value
}

function same(text: string): Said {
  return { zh: text, en: text }
}
