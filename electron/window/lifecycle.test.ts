import { expect, it } from 'vitest'
import { hasTrayHost, onAllClosed, onClose, reloadsAfter } from './lifecycle'

it('stays where a person can come back to it, and quits where Keep running is off', () => {
  const closing = (keepRunning: boolean, hasTray: boolean, isQuitting = false): string => {
    const state = { isQuitting, keepRunning, hasTray }
    return onClose(state) === 'minimize' ? 'minimize' : onAllClosed(state)
  }
  expect(closing(true, true)).toBe('stay')
  expect(closing(true, false)).toBe('minimize')
  expect(closing(false, true)).toBe('quit')
  expect(closing(false, false)).toBe('quit')
  // Else no quitting would ever come to its end.
  expect(onClose({ isQuitting: true, keepRunning: true, hasTray: false })).toBe('close')
})

it('believes in a tray on Linux only where the desktop shows one', () => {
  expect(hasTrayHost({}, 'darwin')).toBe(true)
  expect(hasTrayHost({}, 'win32')).toBe(true)
  expect(hasTrayHost({ XDG_CURRENT_DESKTOP: 'KDE' }, 'linux')).toBe(true)
  expect(hasTrayHost({ XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' }, 'linux')).toBe(true)
  expect(hasTrayHost({ XDG_CURRENT_DESKTOP: 'GNOME' }, 'linux')).toBe(false)
  expect(hasTrayHost({}, 'linux')).toBe(false)
})

it('loads a crashed page again, but not for ever', () => {
  expect(reloadsAfter('crashed', Number.POSITIVE_INFINITY)).toBe(true)
  expect(reloadsAfter('oom', 30_001)).toBe(true)
  expect(reloadsAfter('oom', 30_000)).toBe(false)
  expect(reloadsAfter('clean-exit', Number.POSITIVE_INFINITY)).toBe(false)
})
