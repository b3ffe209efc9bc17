// The outages that a person can try in the Demo: their texts, and how they begin and end.
//
// The core carries them out and reports the outage in progress (`EnvironmentView.outage`). Failures become toasts; nothing
// here rejects.

import { KeyRound, RotateCcw, Unplug, WifiOff, type LucideIcon } from 'lucide-react'
import type { DemoOutage, OutageKind } from '../../shared/model/environment'
import type { Snapshot } from '../../shared/model/snapshot'
import type { Command } from '../palette/search'
import type { Page } from '../store'

/** An outage as offered in menus and in the palette. */
export interface OutageOffer {
  readonly kind: OutageKind
  readonly label: string
  readonly detail: string
  readonly icon: LucideIcon
}

/** Ordered by severity, the mildest first. */
export const OUTAGES: readonly OutageOffer[] = [
  { kind: 'cut', label: 'Cut the connections', detail: 'they come back at once', icon: Unplug },
  { kind: 'network', label: 'A minute without network', detail: 'ends by itself', icon: WifiOff },
  { kind: 'keys', label: 'Let the keys expire', detail: 'until you log in', icon: KeyRound },
]

/** Whether anything is running in the Demo on which an outage would be visible. */
export function isAnythingOn({ forwards, terminals }: Pick<Snapshot, 'forwards' | 'terminals'>): boolean {
  return (
    forwards.some(({ isOn, forward }) => isOn && forward.environment.kind === 'demo') ||
    terminals.some(({ environment, state }) => environment.kind === 'demo' && state.kind !== 'ended')
  )
}

/** Advice for when nothing is running. */
const TURN_ON = 'Turn on a forward or open a shell to see it.'

/** The outage in progress, in words: the cause, and what to watch. */
export function outageWords(
  outage: DemoOutage,
  isOn: boolean,
): { readonly title: string; readonly text: string; readonly button: string } {
  switch (outage.kind) {
    case 'network':
      return {
        title: 'The Demo has no network.',
        text: isOn ? 'What is on keeps its port, holds new connections and comes back by itself.' : TURN_ON,
        button: 'End now',
      }
    case 'keys':
      return {
        title: 'The keys of the Demo have expired.',
        text: isOn ? 'What is on waits for a login and goes on after it.' : TURN_ON,
        button: 'Log in',
      }
  }
}

/** Starts an outage. An outage that does not last is reported in a toast, because the strip does not show it. */
export async function tryOutage(page: Page, kind: OutageKind): Promise<void> {
  const { snapshot } = page.store.getState()
  const isOn = snapshot !== undefined && isAnythingOn(snapshot)
  if (!(await page.ask('demo.outage', { kind })) || kind !== 'cut') return
  page.toast(
    isOn
      ? {
          tone: 'working',
          title: 'Every connection of the Demo was cut.',
          text: 'Watch Forwards and shells: they reconnect and lose nothing. Activity says how long it took.',
        }
      : { tone: 'idle', title: 'There was no connection to cut.', text: TURN_ON },
  )
}

/** Ends the outage in progress, and reports it. */
export async function endOutage(page: Page, { kind }: DemoOutage): Promise<void> {
  if (!(await page.ask('demo.recover', {}))) return
  page.toast({
    tone: 'up',
    title: kind === 'keys' ? 'You are logged in to the Demo again.' : 'The Demo has its network again.',
    text: 'What waited goes on now.',
  })
}

/** The palette's outage commands for the current state; none outside the Demo. */
export function outageCommands(page: Page, { environment }: Snapshot): readonly Command[] {
  if (environment.ref.kind !== 'demo' || environment.state.kind !== 'open') return []
  const { outage } = environment
  if (outage !== undefined) {
    return [
      {
        id: 'end outage',
        group: 'Actions',
        sign: outage.kind === 'keys' ? KeyRound : RotateCcw,
        label: outage.kind === 'keys' ? 'Log in to the Demo' : 'End the outage of the Demo',
        verb: outage.kind === 'keys' ? 'Log in' : 'End',
        run: () => void endOutage(page, outage),
      },
    ]
  }
  return OUTAGES.map(({ kind, label, detail, icon }) => ({
    id: `outage ${kind}`,
    group: 'Actions',
    sign: icon,
    label,
    detail: `an outage of the Demo, ${detail}`,
    hidden: 'try an outage',
    verb: 'Try',
    run: () => void tryOutage(page, kind),
  }))
}
