// The actions on a forward, shared by rows, keys and the palette. Failures become toasts; nothing here rejects.

import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import { addressWords } from '../../shared/status'
import type { Page } from '../store'
import { anyNamed } from '../targets/hosts'
import { pageAddress } from './listing'

/** Turns forwards on or off; skips those that already are. Asks once before it ends open connections. */
export function switchForwards(page: Page, views: readonly ForwardView[], isOn: boolean): void {
  const changed = views.filter((view) => view.isOn !== isOn)
  if (!isOn && changed.some(({ openConnections }) => openConnections > 0)) {
    page.askTurnOff(changed.map(({ forward }) => forward.id))
    return
  }
  for (const { forward } of changed) {
    void page.ask(isOn ? 'forward.start' : 'forward.stop', { forwardId: forward.id })
  }
}

/** Turns one forward on or off, as `switchForwards` does. */
export function switchForward(page: Page, view: ForwardView, isOn: boolean): void {
  switchForwards(page, [view], isOn)
}

/** Tries again: starts a failed forward, or cuts a waiting forward's wait short. Does nothing in other states. */
export function retryForward(page: Page, { forward, state }: ForwardView): void {
  if (state.kind === 'failed') void page.ask('forward.start', { forwardId: forward.id })
  if (state.kind === 'waiting' || state.kind === 'reconnecting') {
    void page.ask('forward.retry', { forwardId: forward.id })
  }
}

/** Gives a forward another local port and starts it; announces it. */
export async function moveForward(page: Page, view: ForwardView, localPort: number): Promise<void> {
  const { id, environment: _environment, ...fields } = view.forward
  const isMoved = await page.ask('forward.update', { ...fields, forwardId: id, localPort })
  if (!isMoved) return
  page.toast({
    tone: 'working',
    title: `${shownName(fields.name)} is on ${localPort} now.`,
    text: `Port ${view.localPort} was taken.`,
  })
  await page.ask('forward.start', { forwardId: id })
}

/** Makes a forward one on any of the instances with a Name, and starts it; announces it. */
export async function takeAnyNamed(page: Page, view: ForwardView, name: string): Promise<void> {
  const { id, environment: _environment, ...fields } = view.forward
  const target = { kind: 'set', set: anyNamed(name) } as const
  if (!(await page.ask('forward.update', { ...fields, forwardId: id, target }))) return
  page.announce(`${shownName(fields.name)} uses any of the instances named ${shownName(name)}.`)
  await page.ask('forward.start', { forwardId: id })
}

/** Stops and deletes a forward. Resolves to whether that succeeded. */
export function deleteForward(page: Page, { forward }: ForwardView): Promise<boolean> {
  return page.ask('forward.delete', { forwardId: forward.id })
}

/** Opens the web page of a forward, if its destination is a web server. */
export function openForwardPage(view: ForwardView): void {
  const address = pageAddress(view)
  if (address !== undefined) window.open(address, '_blank', 'noopener')
}

/** Copies the address that a forward listens on, once it is known; announces it. */
export function copyForwardAddress(page: Page, view: ForwardView): void {
  const address = addressWords(view)
  if (address === '') return
  navigator.clipboard.writeText(address).then(
    () => page.announce(`Copied ${address}.`),
    () =>
      page.toast({
        tone: 'failed',
        title: 'Not copied.',
        text: 'The browser denied access to the clipboard. Select the text and copy it.',
      }),
  )
}
