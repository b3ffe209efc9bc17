// Decides whether an Electron that has ended had never come up. Then the web host is started in its place.

/** An Electron that ends with an error within this never came up: a library of the system is missing, say. */
const STILLBORN_MS = 5_000

/** How Chromium ends itself (no sandbox to be had, no display, a failed check), and how a broken library ends it. */
const OWN_SIGNALS = ['SIGTRAP', 'SIGABRT', 'SIGSEGV', 'SIGILL', 'SIGBUS', 'SIGSYS']

/**
 * Whether the web host is started after an Electron that ran for `ranMs` and ended with `code`, or by `signal`. Never where
 * this program was told to end (`isTold`), because then Electron has ended for that reason.
 */
export function isStillborn({ code, signal, ranMs, isTold }) {
  if (isTold || ranMs >= STILLBORN_MS) return false
  return signal === null ? code !== 0 : OWN_SIGNALS.includes(signal)
}
