// Turns the state into the model of the tray: icon, tooltip and menu. Pure. No text changes with the clock, because some systems close an
// open menu when it is set again.

import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import type { Snapshot } from '../../shared/model/snapshot'
import { overallTone, summaryWords } from '../../shared/overall'
import { addressWords, forwardWords } from '../../shared/status'

/** More forwards do not fit a menu that opens upwards from a taskbar. */
const MAX_FORWARDS = 15

/** A menu is as wide as its longest line. */
const MAX_NAME = 60

/** Later than every deadline, so that the words contain no countdown. */
const NO_COUNTDOWN_AT = Number.MAX_SAFE_INTEGER

/** The action of a menu item. */
export type TrayAction =
  /** Turns a forward on or off, as the menu showed it. */
  | { readonly kind: 'toggle'; readonly forwardId: string; readonly turnOn: boolean }
  | { readonly kind: 'show' }
  | { readonly kind: 'quit' }

/** A line of the menu. */
export type TrayItem =
  | { readonly kind: 'separator' }
  /** Text without an action. */
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'command'; readonly label: string; readonly action: TrayAction }
  | { readonly kind: 'check'; readonly label: string; readonly isChecked: boolean; readonly action: TrayAction }

/** One of the four icons. */
export type TrayIcon = 'idle' | 'up' | 'working' | 'attention'

/** The model of the tray. */
export interface TrayModel {
  readonly icon: TrayIcon
  readonly tooltip: string
  readonly items: readonly TrayItem[]
}

const ending: readonly TrayItem[] = [
  { kind: 'separator' },
  { kind: 'command', label: 'Show Culvert', action: { kind: 'show' } },
  { kind: 'command', label: 'Quit Culvert', action: { kind: 'quit' } },
]

/** Doubles each `&`, which menus take for the mark of an access key. */
function menuText(text: string): string {
  return text.replaceAll('&', '&&')
}

function forwardItem(view: ForwardView): TrayItem {
  const { forward, isOn } = view
  const parts = [shownName(forward.name, MAX_NAME), forwardWords(view, NO_COUNTDOWN_AT).word, addressWords(view)]
  return {
    kind: 'check',
    label: menuText(parts.filter((part) => part !== '').join(' · ')),
    isChecked: isOn,
    action: { kind: 'toggle', forwardId: forward.id, turnOn: !isOn },
  }
}

/** Makes the model for a state; undefined: the core has told none yet. */
export function trayModel(snapshot: Pick<Snapshot, 'forwards' | 'drains'> | undefined): TrayModel {
  if (snapshot === undefined) {
    return { icon: 'idle', tooltip: 'Culvert', items: [{ kind: 'text', label: 'Starting' }, ...ending] }
  }
  const { forwards } = snapshot
  const status = summaryWords(snapshot)
  const shown = forwards.length > MAX_FORWARDS ? forwards.slice(0, MAX_FORWARDS) : forwards
  const hidden = forwards.length - shown.length
  return {
    icon: overallTone(snapshot),
    tooltip: `Culvert: ${status}`,
    items: [
      { kind: 'text', label: status },
      ...(forwards.length === 0 ? [] : [{ kind: 'separator' } as const]),
      ...shown.map(forwardItem),
      ...(hidden === 0
        ? []
        : [{ kind: 'command', label: `${hidden} more in the window`, action: { kind: 'show' } } as const]),
      ...ending,
    ],
  }
}

/** The file of an icon, and whether the system colours it. */
export interface TrayImage {
  readonly file: string
  readonly isTemplate: boolean
}

/**
 * The image of an icon: a template on macOS, elsewhere the light one on a dark bar. Windows tells whether the bar is dark. Linux does not,
 * and nearly all of its panels are dark.
 */
export function trayImage(icon: TrayIcon, platform: NodeJS.Platform, isBarDark: boolean): TrayImage {
  if (platform === 'darwin') return { file: `tray-${icon}.png`, isTemplate: true }
  const isLight = platform === 'linux' || isBarDark
  return { file: isLight ? `tray-${icon}-light.png` : `tray-${icon}.png`, isTemplate: false }
}
