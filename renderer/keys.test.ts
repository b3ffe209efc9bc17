import { expect, test } from 'vitest'
import { platformOf, type Platform } from './frame/platform'
import { actionOf, isViewLeader, keysOf, type KeyAction, type KeyPlace, type KeyPress } from './keys'

/** A key press as a browser reports it: "Ctrl+Shift+KeyT", the key itself by its code or its character. */
function press(chord: string): KeyPress {
  const parts = chord.split('+')
  const last = parts.at(-1)!
  return {
    key: last.startsWith('Key') ? last.slice(3).toLowerCase() : last,
    code: last === '/' ? 'Slash' : last,
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
    metaKey: parts.includes('Meta'),
  }
}

function meaning(chord: string, place: KeyPlace, platform: Platform = 'linux'): KeyAction | undefined {
  return actionOf(press(chord), { platform, place, isAfterLeader: false })
}

test('in a terminal only Ctrl+Shift chords and the tab keys are ours; the rest goes to the shell', () => {
  const chords = [
    'Ctrl+KeyK',
    'Ctrl+KeyN',
    'Ctrl+KeyF',
    'Ctrl+Comma',
    'Ctrl+KeyC',
    '/',
    'F6',
    'KeyG',
    'Ctrl+Shift+KeyP',
    'Ctrl+Shift+KeyT',
    'Ctrl+Shift+KeyW',
    'Ctrl+Shift+KeyY',
    'Ctrl+Shift+KeyD',
    'Ctrl+Shift+KeyS',
    'Ctrl+Shift+KeyF',
    'Ctrl+Shift+ArrowUp',
    'Ctrl+Shift+PageDown',
    'Ctrl+Tab',
    'Ctrl+Shift+Tab',
    'Alt+Digit3',
    'Ctrl+Backquote',
  ]
  const ours = chords.filter((chord) => meaning(chord, 'terminal') !== undefined)
  expect(ours).toEqual(chords.slice(8))
})

test('Ctrl+Shift+M and Ctrl+Shift+C stay the terminal’s own', () => {
  expect([meaning('Ctrl+Shift+KeyM', 'terminal'), meaning('Ctrl+Shift+KeyC', 'terminal')]).toEqual([
    undefined,
    undefined,
  ])
})

test('a letter or a slash that is typed stays text, a chord does not', () => {
  expect([meaning('/', 'text'), meaning('/', 'page'), meaning('Ctrl+KeyF', 'text')]).toEqual([
    undefined,
    'filter',
    'filter',
  ])
  // On keyboards where the slash is Shift+7.
  expect(meaning('Shift+/', 'page')).toBe('filter')
  expect(meaning('Ctrl+/', 'page')).toBeUndefined()
})

test('G leads to a view, on the page only and for the next key only', () => {
  expect(isViewLeader(press('KeyG'), 'page')).toBe(true)
  expect([isViewLeader(press('KeyG'), 'text'), isViewLeader(press('Ctrl+KeyG'), 'page')]).toEqual([false, false])
  const after = (chord: string, isAfterLeader: boolean): KeyAction | undefined =>
    actionOf(press(chord), { platform: 'linux', place: 'page', isAfterLeader })
  expect(['KeyI', 'KeyF', 'KeyS', 'KeyA', 'KeyZ'].map((key) => after(key, true))).toEqual([
    'instances',
    'forwards',
    'sessions',
    'activity',
    undefined,
  ])
  expect(after('KeyF', false)).toBeUndefined()
  expect(after('Ctrl+KeyF', true)).toBe('filter')
})

test('the size of the text is changed in a terminal; elsewhere these keys are left to the browser', () => {
  const plus = { ...press('Ctrl+BracketRight'), key: '+' }
  const minus = { ...press('Ctrl+Slash'), key: '-' }
  const undo = { ...press('Ctrl+Shift+Minus'), key: '_' }
  const chords = [press('Ctrl+Equal'), press('Ctrl+Minus'), press('Ctrl+Digit0'), plus, minus, undo]
  const meanings = (place: KeyPlace): unknown =>
    chords.map((each) => actionOf(each, { platform: 'linux', place, isAfterLeader: false }))
  expect(meanings('terminal')).toEqual([
    'font-larger',
    'font-smaller',
    'font-reset',
    'font-larger',
    'font-smaller',
    // Ctrl+_ undoes the last edit in shells.
    undefined,
  ])
  expect(meanings('page')).toEqual(chords.map(() => undefined))
  const shifted = { ...press('Shift+Meta+Equal'), key: '+' }
  expect(actionOf(shifted, { platform: 'mac', place: 'terminal', isAfterLeader: false })).toBe('font-larger')
})

test('Command and F finds in a terminal, and filters the view elsewhere', () => {
  expect([meaning('Meta+KeyF', 'terminal', 'mac'), meaning('Meta+KeyF', 'page', 'mac')]).toEqual(['find', 'filter'])
  expect([meaning('Alt+Meta+ArrowLeft', 'terminal', 'mac'), meaning('Shift+Meta+KeyD', 'terminal', 'mac')]).toEqual([
    'pane-left',
    'split-down',
  ])
})

test('tabs are numbered with the key that each system leaves free', () => {
  expect([
    meaning('Meta+Digit2', 'terminal', 'mac'),
    meaning('Ctrl+Digit2', 'terminal', 'windows'),
    meaning('Alt+Digit2', 'terminal', 'linux'),
    meaning('Ctrl+Digit2', 'terminal', 'linux'),
  ]).toEqual(['tab-2', 'tab-2', 'tab-2', undefined])
})

test('keys are shown as they stand on the keyboard', () => {
  expect([keysOf('palette', 'mac'), keysOf('palette', 'windows'), keysOf('dock', 'linux')]).toEqual([
    ['⌘', 'K'],
    ['Ctrl', 'K'],
    ['Ctrl', '`'],
  ])
})

test('the platform is told by the browser', () => {
  expect(
    ['(Macintosh; Intel Mac OS X 10_15_7)', '(Windows NT 10.0; Win64; x64)', '(X11; Linux x86_64)'].map(platformOf),
  ).toEqual(['mac', 'windows', 'linux'])
})
