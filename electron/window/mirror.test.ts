import { expect, it } from 'vitest'
import type { Snapshot, WindowSnapshot } from '../../shared/model/snapshot'
import { defaultSettings } from '../../shared/settings'
import type { Core } from '../core/coreparts'
import { followSnapshot } from './mirror'

type EventListener = Parameters<Core['subscribe']>[0]

const whole = { settings: defaultSettings, notices: [], terminals: [] } as Partial<WindowSnapshot> as WindowSnapshot

it('tells the whole state after each change, and of nothing else', () => {
  let tell: EventListener = () => undefined
  let isSubscribed = true
  const seen: Snapshot[] = []
  const unsubscribe = followSnapshot(
    {
      subscribe: (listener) => {
        tell = listener
        listener('snapshot', whole)
        return () => {
          isSubscribed = false
        }
      },
    },
    (snapshot) => seen.push(snapshot),
  )
  tell('terminal.output', { terminalId: 't', offset: 0, bytes: new Uint8Array() })
  tell('snapshot.patch', { settings: { ...defaultSettings, keepRunning: false } })
  tell('snapshot.patch', { notices: [] })
  expect(seen.map((snapshot) => snapshot.settings.keepRunning)).toEqual([true, false, false])
  expect(seen.at(-1)?.terminals).toEqual([])
  // Whoever subscribes anew gets a whole state, and nothing of the one before is left.
  tell('snapshot', whole)
  expect(seen.at(-1)).toEqual(whole)
  expect(seen).toHaveLength(4)
  unsubscribe()
  expect(isSubscribed).toBe(false)
})
