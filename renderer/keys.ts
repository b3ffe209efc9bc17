// The keyboard of the page: which keys mean what, everywhere outside of rows and menus.
//
// Pure: a table and one function over it. While a terminal has the focus only Ctrl+Shift chords and the tab keys are ours
// (on macOS the Command chords: no shell takes them); the rest goes to the shell. Views mark their filter with
// `data-view-filter`, and regions that F6 walks through with `data-region`.

import type { Platform } from './frame/platform'

/** What a key can mean. */
export type KeyAction =
  | 'palette'
  | 'new-forward'
  | 'settings'
  | 'instances'
  | 'forwards'
  | 'activity'
  | 'filter'
  | 'next-region'
  | 'previous-region'
  | 'dock'
  | 'new-terminal'
  | 'close-terminal'
  | 'next-tab'
  | 'previous-tab'
  | 'tab-1'
  | 'tab-2'
  | 'tab-3'
  | 'tab-4'
  | 'tab-5'
  | 'tab-6'
  | 'tab-7'
  | 'tab-8'
  | 'tab-9'

/** Where the focus is when a key is pressed. */
export type KeyPlace = 'terminal' | 'text' | 'page'

/** What a key press tells of itself; a browser's event fits. */
export interface KeyPress {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly metaKey: boolean
}

interface Chord {
  readonly action: KeyAction
  /** "Ctrl+Shift+T", modifiers in the order Ctrl, Alt, Shift, Meta; the last is a `KeyboardEvent.code` or `.key`. */
  readonly chord: string
  /** Whether it works in a terminal too. */
  readonly isForTerminal?: boolean
  /** Whether it must not take a letter from a text field. */
  readonly isOutsideText?: boolean
}

const tabs = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const

function tabChords(modifier: string): readonly Chord[] {
  return tabs.map((tab): Chord => ({ action: `tab-${tab}`, chord: `${modifier}+Digit${tab}`, isForTerminal: true }))
}

const everywhere: readonly Chord[] = [
  { action: 'filter', chord: '/', isOutsideText: true },
  { action: 'next-region', chord: 'F6' },
  { action: 'previous-region', chord: 'Shift+F6' },
  { action: 'dock', chord: 'Ctrl+Backquote', isForTerminal: true },
  { action: 'next-tab', chord: 'Ctrl+Tab', isForTerminal: true },
  { action: 'previous-tab', chord: 'Ctrl+Shift+Tab', isForTerminal: true },
]

const others: readonly Chord[] = [
  { action: 'palette', chord: 'Ctrl+KeyK' },
  { action: 'palette', chord: 'Ctrl+Shift+KeyP', isForTerminal: true },
  { action: 'new-forward', chord: 'Ctrl+KeyN' },
  { action: 'settings', chord: 'Ctrl+Comma' },
  { action: 'filter', chord: 'Ctrl+KeyF' },
  { action: 'new-terminal', chord: 'Ctrl+Shift+KeyT', isForTerminal: true },
  { action: 'close-terminal', chord: 'Ctrl+Shift+KeyW', isForTerminal: true },
]

const tables: Readonly<Record<Platform, readonly Chord[]>> = {
  mac: [
    { action: 'palette', chord: 'Meta+KeyK', isForTerminal: true },
    { action: 'new-forward', chord: 'Meta+KeyN', isForTerminal: true },
    { action: 'settings', chord: 'Meta+Comma', isForTerminal: true },
    { action: 'filter', chord: 'Meta+KeyF' },
    { action: 'new-terminal', chord: 'Meta+KeyT', isForTerminal: true },
    { action: 'close-terminal', chord: 'Meta+KeyW', isForTerminal: true },
    ...everywhere,
    ...tabChords('Meta'),
  ],
  windows: [...others, ...everywhere, ...tabChords('Ctrl')],
  linux: [...others, ...everywhere, ...tabChords('Alt')],
}

const views: Readonly<Record<string, KeyAction>> = { KeyI: 'instances', KeyF: 'forwards', KeyA: 'activity' }

/** Whether this press is the G of "G then I"; not while a person types, and not with a modifier. */
export function isViewLeader(press: KeyPress, place: KeyPlace): boolean {
  return place === 'page' && press.code === 'KeyG' && !press.ctrlKey && !press.altKey && !press.metaKey
}

/** What a press means, or undefined. `isAfterLeader`: the press before was the G of "G then I". */
export function actionOf(
  press: KeyPress,
  context: { readonly platform: Platform; readonly place: KeyPlace; readonly isAfterLeader: boolean },
): KeyAction | undefined {
  const { platform, place, isAfterLeader } = context
  const modifiers = [
    press.ctrlKey ? 'Ctrl+' : '',
    press.altKey ? 'Alt+' : '',
    press.shiftKey ? 'Shift+' : '',
    press.metaKey ? 'Meta+' : '',
  ].join('')
  if (isAfterLeader && place === 'page' && modifiers === '') {
    const view = views[press.code]
    if (view !== undefined) return view
  }
  // A sign may need Shift on some keyboards; it is found by what it is.
  const isSlash = press.key === '/' && !press.ctrlKey && !press.altKey && !press.metaKey
  const spoken = [`${modifiers}${press.code}`, `${modifiers}${press.key}`, isSlash ? '/' : '']
  const found = tables[platform].find(({ chord }) => spoken.includes(chord))
  if (found === undefined) return undefined
  if (place === 'terminal' && found.isForTerminal !== true) return undefined
  if (place === 'text' && found.isOutsideText === true) return undefined
  return found.action
}

const caps: Readonly<Record<string, string>> = {
  Backquote: '`',
  Comma: ',',
  Slash: '/',
}

const macCaps: Readonly<Record<string, string>> = { Meta: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' }

function capsOf(chord: string, platform: Platform): readonly string[] {
  return chord.split('+').map((part) => {
    const cap = caps[part] ?? part.replace(/^(Key|Digit)/, '')
    return platform === 'mac' ? (macCaps[cap] ?? cap) : cap
  })
}

/** Every chord of an action as caps: `[['Ctrl', 'K'], ['Ctrl', 'Shift', 'P']]`. */
export function chordsOf(action: KeyAction, platform: Platform): readonly (readonly string[])[] {
  return tables[platform].filter((each) => each.action === action).map(({ chord }) => capsOf(chord, platform))
}

/** The keys of an action as caps, those of its first chord: `['Ctrl', 'K']`, or `['⌘', 'K']` on macOS. */
export function keysOf(action: KeyAction, platform: Platform): readonly string[] {
  return chordsOf(action, platform)[0] ?? []
}

/** Every action that has keys of its own on a platform. */
export function actionsOf(platform: Platform): readonly KeyAction[] {
  return [...new Set(tables[platform].map(({ action }) => action))]
}
