import { expect, it } from 'vitest'
import { delaysLogoff, hangPatienceMs, hasTrayHost, onAllClosed, onClose, reloadsAfter } from './lifecycle'

it('stays where a person can come back to it, and quits where Keep running is off', () => {
  const closing = (keepRunning: boolean, hasTray: boolean): string => {
    const state = { isQuitting: false, keepRunning, hasTray, platform: 'linux' } as const
    return onClose(state) === 'minimize' ? 'minimize' : onAllClosed(state)
  }
  expect(closing(true, true)).toBe('stay')
  expect(closing(true, false)).toBe('minimize')
  expect(closing(false, true)).toBe('quit')
  expect(closing(false, false)).toBe('quit')
  // Else no quitting would ever come to its end.
  expect(onClose({ isQuitting: true, keepRunning: true, hasTray: false, platform: 'linux' })).toBe('close')
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

it('keeps a hidden window on Windows, which tells its logoff to nothing else', () => {
  const state = { isQuitting: false, keepRunning: true, hasTray: true } as const
  expect(onClose({ ...state, platform: 'win32' })).toBe('hide')
  expect(onClose({ ...state, platform: 'darwin' })).toBe('close')
  expect(onClose({ ...state, platform: 'win32', keepRunning: false })).toBe('close')
  expect(onClose({ ...state, platform: 'win32', isQuitting: true })).toBe('close')
})

it('asks Windows to wait with a logoff until the sessions are ended, unless it waits for no program', () => {
  expect(delaysLogoff(['logoff'])).toBe(true)
  expect(delaysLogoff(['shutdown', 'close-app'])).toBe(true)
  expect(delaysLogoff([])).toBe(true)
  expect(delaysLogoff(['shutdown', 'critical'])).toBe(false)
})

it('loads a page again that has hung for long, but none that a debugger may have stopped', () => {
  expect(hangPatienceMs(false)).toBe(30_000)
  expect(hangPatienceMs(true)).toBeUndefined()
})
