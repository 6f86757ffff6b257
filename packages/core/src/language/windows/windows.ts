import type { AnchoredWindow, Window } from '../document.js'
import type { WindowName } from '../frame/names.js'
import type { WindowModule } from '../frame/window-module.js'
import { anchored } from './anchored.js'
import { coming } from './coming.js'
import { complete } from './complete.js'
import { ever } from './ever.js'
import { last } from './last.js'
import { next } from './next.js'
import { period } from './period.js'
import { thisUnit } from './this.js'

type WindowOf<Name extends WindowName> = Name extends 'ever'
  ? 'ever'
  : Name extends 'anchored'
    ? AnchoredWindow
    : Extract<Window, Record<Name, unknown>>

/** Every kind of window. */
export const WINDOWS: { readonly [Name in WindowName]: WindowModule<WindowOf<Name>> } = {
  ever,
  last,
  complete,
  this: thisUnit,
  next,
  coming,
  period,
  anchored,
}
