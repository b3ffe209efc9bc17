// The handlers of the requests about terminals, but for those about their recording.

import { AppError } from '../../shared/errors'
import { environmentKey } from './environments/environments'
import { placeOf, type PlaceParts } from './places'
import type { Handlers } from './routes'
import type { Terminals } from './terminals/terminals'

type TerminalHandlers = Omit<Pick<Handlers, Extract<keyof Handlers, `terminal.${string}`>>, 'terminal.record'>

/** Makes the handlers. */
export function terminalHandlers(product: PlaceParts & { readonly terminals: Terminals }): TerminalHandlers {
  const { shown, terminals } = product
  return {
    'terminal.open': (wanted, windowId) => {
      const { instanceId = '', target, environment = shown.view.ref, instanceName = '', ...size } = wanted
      if ((instanceId === '') === (target === undefined)) {
        throw new AppError('usage', 'Name an instance or a set of hosts, one of both.')
      }
      const isShown = environmentKey(environment) === environmentKey(shown.view.ref)
      const place = {
        environment,
        ...(isShown ? { environmentName: shown.view.name } : {}),
        instance: { id: instanceId, name: shown.findIn(environment, instanceId)?.name ?? instanceName },
        ...(target === undefined ? {} : { target }),
      }
      return { terminalId: terminals.open(placeOf(product, place), { windowId, size }) }
    },
    'terminal.restart': ({ terminalId, ...size }, windowId) => {
      terminals.restart(terminalId, { windowId, size })
      return null
    },
    'terminal.retry': ({ terminalId }) => {
      terminals.retry(terminalId)
      return null
    },
    'terminal.write': async ({ terminalId, text }) => {
      await terminals.write(terminalId, text)
      return null
    },
    'terminal.resize': ({ terminalId, ...size }, windowId) => {
      terminals.resize(terminalId, { windowId, size })
      return null
    },
    'terminal.hold': ({ terminalId, ...size }, windowId) => terminals.hold(terminalId, { windowId, size }),
    'terminal.answer': async ({ terminalId, ...said }, windowId) => {
      await terminals.answer(terminalId, windowId, said)
      return null
    },
    'terminal.replay': ({ terminalId, fromOffset }) => {
      const { bytes, ...offsets } = terminals.replay(terminalId, fromOffset)
      return { ...offsets, bytes: Uint8Array.from(bytes) }
    },
    'terminal.close': async ({ terminalId }) => {
      await terminals.close(terminalId)
      return null
    },
  }
}
