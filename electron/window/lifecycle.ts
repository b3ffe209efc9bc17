// What closing a window does, and what is done about a page that hangs or has crashed and about a logoff. Pure decisions.
//
//   Keep running off                      closing the last window quits, on every system
//   Keep running on, and a tray is shown  the window goes, Culvert stays in the tray (on macOS in the Dock as well). On
//                                         Windows it is only hidden: Windows tells its logoff to windows, hidden ones too
//   Keep running on, no tray to be seen   the window is minimized: the taskbar is the way back
//
// Starting Culvert once more always shows its window.

/** Desktops that show tray icons out of the box, as XDG_CURRENT_DESKTOP names them. Plain GNOME does not. */
const TRAY_DESKTOPS = ['kde', 'xfce', 'x-cinnamon', 'mate', 'lxqt', 'unity', 'ubuntu', 'budgie', 'pantheon', 'deepin']

/**
 * Whether a tray icon can be seen. Linux does not tell whether a desktop shows tray icons, so the desktop's name decides; an
 * unknown desktop counts as one without.
 */
export function hasTrayHost(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (platform !== 'linux') return true
  const names = (env['XDG_CURRENT_DESKTOP'] ?? '').toLowerCase().split(':')
  return names.some((name) => TRAY_DESKTOPS.includes(name))
}

/** The inputs of `onClose`. */
export interface CloseState {
  /** Whether Culvert is being quit already. */
  readonly isQuitting: boolean
  /** `Settings.keepRunning`. */
  readonly keepRunning: boolean
  /** Whether a tray icon can be seen. */
  readonly hasTray: boolean
  readonly platform: NodeJS.Platform
}

/** Decides what happens to the window when a person closes it. */
export function onClose({ isQuitting, keepRunning, hasTray, platform }: CloseState): 'close' | 'hide' | 'minimize' {
  if (isQuitting || !keepRunning) return 'close'
  if (!hasTray) return 'minimize'
  return platform === 'win32' ? 'hide' : 'close'
}

/** Decides what follows when no window is left. */
export function onAllClosed({ keepRunning }: CloseState): 'stay' | 'quit' {
  return keepRunning ? 'stay' : 'quit'
}

/** A page that crashes again within this time would crash for ever. */
const CRASH_PAUSE_MS = 30_000

/** Whether a page whose process is gone is loaded again: the core still has everything. `sinceLastMs` since the last time. */
export function reloadsAfter(reason: string, sinceLastMs: number): boolean {
  return reason !== 'clean-exit' && sinceLastMs > CRASH_PAUSE_MS
}

/** A page that hangs this long after Chromium has reported it does not come back. */
const HANG_MS = 30_000

/** How long to wait before a page that hangs is loaded again. Undefined: for ever, because a debugger may have stopped it. */
export function hangPatienceMs(isDevelopment: boolean): number | undefined {
  return isDevelopment ? undefined : HANG_MS
}

/**
 * Whether Windows is asked to wait with a logoff, restart or shutdown until the sessions are ended. `reasons` as Electron
 * names them; a critical one waits for no program.
 */
export function delaysLogoff(reasons: readonly string[]): boolean {
  return !reasons.includes('critical')
}

/** What a second start of Culvert on the same data directory says before it ends. */
export const RUNS_ALREADY = 'Culvert runs already: its window is shown.'
