import type { WindowModule } from '../frame/window-module.js'

/** All that happened before the moment of computation. */
export const ever: WindowModule<'ever'> = {
  schema: null,
  resolve: () => {},
  sentence: (_window, _scope, speaker, purpose) => (purpose === 'events' ? '' : speaker.pick('过去', 'in the past')),
}
