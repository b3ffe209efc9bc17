// Stands in for Electron where its binary is not to be had: the part of its interface that our main process uses, steered by
// the test over the process's channel. It says what it is asked for, and emits what it is told to. Tests on it check our
// wiring; they cannot check what Electron itself does.

import { EventEmitter } from 'node:events'
import { deferred, type Deferred } from '../../../shared/deferred'

/**
 * What the stand-in is told: emit `event` with one argument that can be prevented, made of `fields`. Two orders emit nothing:
 * `open-window` asks the window's handler whether its page may open `details.url`, `answer` answers the oldest open question by the
 * button `details.response`.
 */
export interface Order {
  readonly from: 'app' | 'window' | 'contents' | 'session' | 'power'
  readonly event: string
  readonly fields?: object
  readonly details?: object
}

/** What the stand-in says: something was asked of it. */
export interface Said {
  readonly what:
    | 'ready'
    | 'box'
    | 'exit'
    | 'show'
    | 'prevented'
    | 'setPath'
    | 'crash'
    | 'reload'
    | 'question'
    | 'open'
    | 'action'
  readonly text?: string | undefined
}

const say = (said: Said): void => void process.send?.(said)

class StandInApp extends EventEmitter {
  readonly isPackaged = process.env['STANDIN_PACKAGED'] === '1'
  readonly commandLine = { hasSwitch: (name: string): boolean => process.argv.includes(`--${name}`) }

  setPath(_name: string, path: string): void {
    say({ what: 'setPath', text: path })
  }

  requestSingleInstanceLock(): boolean {
    return process.env['STANDIN_SECOND'] !== '1'
  }

  whenReady(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  quit(): void {
    this.emit('before-quit', preventable('before-quit'))
    this.emit('will-quit', preventable('will-quit'))
  }

  exit(code: number): void {
    say({ what: 'exit', text: String(code) })
    process.exit(code)
  }
}

function preventable(event: string, fields: object = {}): object {
  return { ...fields, preventDefault: () => say({ what: 'prevented', text: event }) }
}

/** The second argument: a download is asked for what it is, all else is data. */
function argumentOf({ event, details }: Order): object | undefined {
  if (event !== 'will-download') return details
  const { url = '', fileName = '' }: { readonly url?: string; readonly fileName?: string } = details ?? {}
  return { getURL: () => url, getFilename: () => fileName }
}

type OpenHandler = (wanted: { readonly url: string }) => { readonly action: string }

class StandInContents extends EventEmitter {
  isDestroyed(): boolean {
    return false
  }

  isCrashed(): boolean {
    return false
  }

  send(): void {
    // There is no page.
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  openHandler: OpenHandler | undefined

  forcefullyCrashRenderer(): void {
    say({ what: 'crash' })
  }

  reload(): void {
    say({ what: 'reload' })
  }
}

/** A native question, as it is said: `buttons[defaultId]` is chosen by Enter, `buttons[cancelId]` by Escape. */
export interface Question {
  readonly message: string
  readonly detail: string
  readonly buttons: readonly string[]
  readonly defaultId: number
  readonly cancelId: number
}

const answers: Deferred<{ readonly response: number }>[] = []
const windows: StandInWindow[] = []

class StandInWindow extends EventEmitter {
  readonly webContents = new StandInContents()

  constructor() {
    super()
    windows.push(this)
  }

  loadURL(): Promise<void> {
    setImmediate(() => this.emit('ready-to-show'))
    return Promise.resolve()
  }

  isMinimized(): boolean {
    return false
  }

  isDestroyed(): boolean {
    return false
  }

  focus(): void {
    // Nothing to see.
  }

  show(): void {
    say({ what: 'show' })
  }
}

class NoTray {
  constructor() {
    throw new Error('no tray here')
  }
}

class StandInSession extends EventEmitter {
  setPermissionRequestHandler(): void {
    // No page asks.
  }

  setPermissionCheckHandler(): void {
    // No page asks.
  }
}

/** Electron's modules by their names. */
export const app = new StandInApp()
export const powerMonitor = new EventEmitter()
export const session = { defaultSession: new StandInSession() }
export const nativeTheme = new EventEmitter()
export const ipcMain = Object.assign(new EventEmitter(), { handle: () => undefined })
export const dialog = {
  showErrorBox: (title: string, text: string) => say({ what: 'box', text: `${title}: ${text}` }),
  showMessageBox: (_window: unknown, question: Question) => {
    say({ what: 'question', text: JSON.stringify(question) })
    const answer = deferred<{ readonly response: number }>()
    answers.push(answer)
    return answer.promise
  },
}
export const protocol = { registerSchemesAsPrivileged: () => undefined, handle: () => undefined }
export const Menu = { buildFromTemplate: () => ({}), setApplicationMenu: () => undefined }
export const nativeImage = { createFromPath: () => ({ setTemplateImage: () => undefined }) }
export const shell = {
  openExternal: (url: string) => {
    say({ what: 'open', text: url })
    return Promise.resolve()
  },
}
export const utilityProcess = {}
export const safeStorage = {
  isAsyncEncryptionAvailable: () => Promise.resolve(false),
  getSelectedStorageBackend: () => 'basic_text',
}
export { StandInWindow as BrowserWindow, NoTray as Tray }

process.on('message', (order: Order) => {
  const window = windows.at(-1)
  const { url = '', response = 0 }: { readonly url?: string; readonly response?: number } = order.details ?? {}
  if (order.event === 'open-window') say({ what: 'action', text: window?.webContents.openHandler?.({ url }).action })
  if (order.event === 'answer') answers.shift()?.resolve({ response })
  const emitters = { app, window, contents: window?.webContents, session: session.defaultSession, power: powerMonitor }
  emitters[order.from]?.emit(order.event, preventable(order.event, order.fields), argumentOf(order))
})
say({ what: 'ready' })
