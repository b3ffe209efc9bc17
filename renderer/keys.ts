// The keyboard of the page: the meaning of each key outside rows and menus.
//
// Pure: a table and one function over it. While a terminal has the focus, the page takes only Ctrl+Shift chords and the tab
// keys (on macOS the Command chords, which shells do not use); all other keys go to the shell. Views mark their filter with
// `data-view-filter`, and the regions that F6 cycles through with `data-region`.

import type { Platform } from './frame/platform'

/** The actions of keys. */
export type KeyAction =
  | 'palette'
  | 'new-forward'
  | 'settings'
  | 'instances'
  | 'forwards'
  | 'sessions'
  | 'recordings'
  | 'activity'
  | 'filter'
  | 'next-region'
  | 'previous-region'
  | 'dock'
  | 'new-terminal'
  | 'close-terminal'
  | 'reopen-terminal'
  | 'split-right'
  | 'split-down'
  | 'pane-left'
  | 'pane-right'
  | 'pane-up'
  | 'pane-down'
  | 'tab-left'
  | 'tab-right'
  | 'find'
  | 'record-terminal'
  | 'font-larger'
  | 'font-smaller'
  | 'font-reset'
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

/** The properties of a key press; a browser's event fits. */
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
  /** Whether the chord also works in a terminal. */
  readonly isForTerminal?: boolean
  /** Whether it works in a terminal only: elsewhere the chord belongs to the browser or to another action. */
  readonly isTerminalOnly?: boolean
  /** Whether it is ignored in text fields, where it would type a character. */
  readonly isOutsideText?: boolean
}

const tabs = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const

function tabChords(modifier: string): readonly Chord[] {
  return tabs.map((tab): Chord => ({ action: `tab-${tab}`, chord: `${modifier}+Digit${tab}`, isForTerminal: true }))
}

function paneChords(modifiers: string): readonly Chord[] {
  return [
    { action: 'pane-left', chord: `${modifiers}+ArrowLeft`, isForTerminal: true },
    { action: 'pane-right', chord: `${modifiers}+ArrowRight`, isForTerminal: true },
    { action: 'pane-up', chord: `${modifiers}+ArrowUp`, isForTerminal: true },
    { action: 'pane-down', chord: `${modifiers}+ArrowDown`, isForTerminal: true },
  ]
}

/** Outside terminals these chords zoom the page. Plus is the key beside Minus, with or without Shift, or a key of its own. */
function fontChords(modifier: string): readonly Chord[] {
  const chords: readonly (readonly [KeyAction, string])[] = [
    ['font-larger', 'Plus'],
    ['font-larger', 'Shift+Plus'],
    ['font-larger', 'Equal'],
    ['font-smaller', 'Minus'],
    ['font-smaller', 'NumpadSubtract'],
    ['font-reset', 'Digit0'],
    ['font-reset', 'Numpad0'],
  ]
  return chords.map(([action, key]) => {
    // The order of modifiers: Ctrl, Alt, Shift, Meta.
    const chord = modifier === 'Meta' && key.startsWith('Shift+') ? key.replace('+', '+Meta+') : `${modifier}+${key}`
    return { action, chord, isTerminalOnly: true }
  })
}

const everywhere: readonly Chord[] = [
  { action: 'filter', chord: '/', isOutsideText: true },
  { action: 'next-region', chord: 'F6' },
  { action: 'previous-region', chord: 'Shift+F6' },
  { action: 'dock', chord: 'Ctrl+Backquote', isForTerminal: true },
  { action: 'next-tab', chord: 'Ctrl+Tab', isForTerminal: true },
  { action: 'previous-tab', chord: 'Ctrl+Shift+Tab', isForTerminal: true },
  { action: 'tab-left', chord: 'Ctrl+Shift+PageUp', isForTerminal: true },
  { action: 'tab-right', chord: 'Ctrl+Shift+PageDown', isForTerminal: true },
]

const others: readonly Chord[] = [
  { action: 'palette', chord: 'Ctrl+KeyK' },
  { action: 'palette', chord: 'Ctrl+Shift+KeyP', isForTerminal: true },
  { action: 'new-forward', chord: 'Ctrl+KeyN' },
  { action: 'settings', chord: 'Ctrl+Comma' },
  { action: 'filter', chord: 'Ctrl+KeyF' },
  { action: 'new-terminal', chord: 'Ctrl+Shift+KeyT', isForTerminal: true },
  { action: 'close-terminal', chord: 'Ctrl+Shift+KeyW', isForTerminal: true },
  { action: 'reopen-terminal', chord: 'Ctrl+Shift+KeyY', isForTerminal: true },
  { action: 'split-right', chord: 'Ctrl+Shift+KeyD', isForTerminal: true },
  { action: 'split-down', chord: 'Ctrl+Shift+KeyS', isForTerminal: true },
  { action: 'find', chord: 'Ctrl+Shift+KeyF', isForTerminal: true },
  { action: 'record-terminal', chord: 'Ctrl+Shift+KeyE', isForTerminal: true },
  ...paneChords('Ctrl+Shift'),
  ...fontChords('Ctrl'),
]

const tables: Readonly<Record<Platform, readonly Chord[]>> = {
  mac: [
    { action: 'palette', chord: 'Meta+KeyK', isForTerminal: true },
    { action: 'new-forward', chord: 'Meta+KeyN', isForTerminal: true },
    { action: 'settings', chord: 'Meta+Comma', isForTerminal: true },
    { action: 'find', chord: 'Meta+KeyF', isTerminalOnly: true },
    { action: 'filter', chord: 'Meta+KeyF' },
    { action: 'new-terminal', chord: 'Meta+KeyT', isForTerminal: true },
    { action: 'close-terminal', chord: 'Meta+KeyW', isForTerminal: true },
    { action: 'reopen-terminal', chord: 'Shift+Meta+KeyT', isForTerminal: true },
    { action: 'split-right', chord: 'Meta+KeyD', isForTerminal: true },
    { action: 'split-down', chord: 'Shift+Meta+KeyD', isForTerminal: true },
    { action: 'record-terminal', chord: 'Shift+Meta+KeyE', isForTerminal: true },
    ...paneChords('Alt+Meta'),
    ...fontChords('Meta'),
    ...everywhere,
    ...tabChords('Meta'),
  ],
  windows: [...others, ...everywhere, ...tabChords('Ctrl')],
  linux: [...others, ...everywhere, ...tabChords('Alt')],
}

const views: Readonly<Record<string, KeyAction>> = {
  KeyI: 'instances',
  KeyF: 'forwards',
  KeyS: 'sessions',
  KeyR: 'recordings',
  KeyA: 'activity',
}

/** Whether this press is the G of "G then I"; never while a person types, and never with a modifier. */
export function isViewLeader(press: KeyPress, place: KeyPlace): boolean {
  return place === 'page' && press.code === 'KeyG' && !press.ctrlKey && !press.altKey && !press.metaKey
}

/** The action of a press, or undefined. `isAfterLeader`: the previous press was the G of "G then I". */
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
  // A character may need Shift on some keyboards, so it is matched by itself.
  const isSlash = press.key === '/' && !press.ctrlKey && !press.altKey && !press.metaKey
  const key = signs[press.key] ?? press.key
  const spoken = [`${modifiers}${press.code}`, `${modifiers}${key}`, isSlash ? '/' : '']
  const found = tables[platform].find((each) => spoken.includes(each.chord) && isFor(each, place))
  return found?.action
}

function isFor({ isForTerminal, isTerminalOnly, isOutsideText }: Chord, place: KeyPlace): boolean {
  if (place === 'terminal') return isForTerminal === true || isTerminalOnly === true
  return isTerminalOnly !== true && !(place === 'text' && isOutsideText === true)
}

/** Characters that have another name in chords, where a plus joins the parts. */
const signs: Readonly<Record<string, string>> = { '+': 'Plus', '-': 'Minus' }

const caps: Readonly<Record<string, string>> = {
  Backquote: '`',
  Comma: ',',
  Slash: '/',
  Plus: '+',
  Minus: '−',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
}

const macCaps: Readonly<Record<string, string>> = { Meta: '⌘', Ctrl: '⌃', Alt: '⌥', Shift: '⇧' }

function capsOf(chord: string, platform: Platform): readonly string[] {
  return chord.split('+').map((part) => {
    const cap = caps[part] ?? part.replace(/^(Key|Digit)/, '')
    return platform === 'mac' ? (macCaps[cap] ?? cap) : cap
  })
}

/** All chords of an action as keycaps: `[['Ctrl', 'K'], ['Ctrl', 'Shift', 'P']]`. */
export function chordsOf(action: KeyAction, platform: Platform): readonly (readonly string[])[] {
  return tables[platform].filter((each) => each.action === action).map(({ chord }) => capsOf(chord, platform))
}

/** The keys of an action's first chord as keycaps: `['Ctrl', 'K']`, or `['⌘', 'K']` on macOS. */
export function keysOf(action: KeyAction, platform: Platform): readonly string[] {
  return chordsOf(action, platform)[0] ?? []
}

/** Every action that has keys on a platform. */
export function actionsOf(platform: Platform): readonly KeyAction[] {
  return [...new Set(tables[platform].map(({ action }) => action))]
}
