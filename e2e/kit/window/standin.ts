// A core that stands in for ours in a page, for pictures of states that a real one reaches rarely: a drain that fails, a recording with gaps.
//
// The page finds it as the bridge of an Electron window. It is given a state and answers, and keeps nothing.

import type { Page } from '@playwright/test'
import type { RequestName } from '../../../shared/api/requests'
import type { WindowSnapshot } from '../../../shared/model/snapshot'

/** The answers by request; a text stands for bytes. A request without an answer is never answered. */
export type Answers = Readonly<Partial<Record<RequestName, unknown>>>

/** Makes the page's next load meet this core. */
export async function standIn(page: Page, snapshot: WindowSnapshot, answers: Answers): Promise<void> {
  await page.addInitScript(
    ([state, given]) => {
      const withBytes = (value: unknown): unknown => {
        if (typeof value !== 'object' || value === null || !('bytes' in value) || typeof value.bytes !== 'string')
          return value
        return { ...value, bytes: new TextEncoder().encode(value.bytes) }
      }
      Object.defineProperty(window, 'culvert', {
        value: {
          request: (name: string) => {
            const answer: unknown = Reflect.get(given, name)
            return answer === undefined
              ? new Promise(() => undefined)
              : Promise.resolve({ ok: true, value: withBytes(answer) })
          },
          subscribe: (listener: (message: { readonly event: string; readonly value: unknown }) => void) => {
            setTimeout(() => listener({ event: 'snapshot', value: state }))
            return () => undefined
          },
        },
      })
    },
    [snapshot, answers] as const,
  )
}
