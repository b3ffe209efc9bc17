// The window: a sandboxed page that can go nowhere, and its Link. Electron's end of window/; decides nothing.
//
// Owns the one window and the handlers of its messages. The core is the caller's.

import path from 'node:path'
import { BrowserWindow, dialog, ipcMain, session, shell } from 'electron'
import { webAddress } from '../shared/webaddress'
import type { Core } from './core/coreparts'
import { isOurPage, isPermitted, mayNavigate, maySave, type Asker } from './window/address'
import { EVENT_CHANNEL, REQUEST_CHANNEL, SUBSCRIPTION_CHANNEL } from './window/channels'
import { externalUrl } from './window/external'
import { delaysLogoff, hangPatienceMs, reloadsAfter } from './window/lifecycle'
import { WindowLink } from './window/link'
import { hangTrouble } from './window/troubles'

/** The options of the window. */
export interface MainWindowOptions {
  readonly core: Core
  /** Its page; messages and navigation are bound to its origin. */
  readonly url: string
  readonly isDevelopment: boolean
  readonly onClose: () => 'close' | 'hide' | 'minimize'
  /** Called when Windows ends the user's session: ends Culvert in order, as fast as possible. */
  readonly onLogoff: () => void
}

/** The main window: open at most once. */
export class MainWindow {
  readonly #options: MainWindowOptions
  #window: BrowserWindow | undefined
  #link: WindowLink | undefined
  #isAsking = false

  /** Registers the handlers of messages, permissions and downloads. Created once. */
  constructor(options: MainWindowOptions) {
    this.#options = options
    ipcMain.handle(REQUEST_CHANNEL, (event, name: unknown, parameters: unknown) => {
      const link = this.#linkOf(event)
      if (link === undefined) throw new Error('refused')
      return link.request(name, parameters)
    })
    ipcMain.on(SUBSCRIPTION_CHANNEL, (event, message: unknown) => this.#linkOf(event)?.hear(message))
    const { defaultSession } = session
    defaultSession.setPermissionRequestHandler((contents, permission, decide, { isMainFrame, requestingUrl }) =>
      decide(isPermitted(permission, { isOurs: this.#isOurs(contents), isMainFrame, url: requestingUrl }, options.url)),
    )
    defaultSession.setPermissionCheckHandler((contents, permission, origin, { isMainFrame, requestingUrl }) =>
      isPermitted(
        permission,
        { isOurs: this.#isOurs(contents), isMainFrame, url: requestingUrl ?? origin },
        options.url,
      ),
    )
    // The only download is a terminal's text, which is saved where the person chooses.
    defaultSession.on('will-download', (event, item, contents) => {
      const download = { url: item.getURL(), fileName: item.getFilename() }
      if (!this.#isOurs(contents) || !maySave(download, options.url)) event.preventDefault()
    })
  }

  /** Shows the window, and opens it where it is closed. */
  show(): void {
    const window = this.#window
    if (window === undefined) this.#open()
    else {
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    }
  }

  #open(): void {
    const { core, url, isDevelopment } = this.#options
    const window = new BrowserWindow({
      width: 1280,
      height: 800,
      minWidth: 940,
      minHeight: 600,
      show: false,
      autoHideMenuBar: true,
      webPreferences: {
        preload: path.join(import.meta.dirname, 'preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        devTools: isDevelopment,
      },
    })
    const { webContents } = window
    const link = new WindowLink(core, {
      isGone: () => webContents.isDestroyed() || webContents.isCrashed(),
      send: (envelope) => webContents.send(EVENT_CHANNEL, envelope),
    })
    this.#window = window
    this.#link = link
    this.#guard(window)
    this.#reloadAfterCrash(webContents)
    this.#reloadAfterHang(window)
    this.#endWithLogoff(window)
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => {
      const action = this.#options.onClose()
      if (action === 'close') return
      event.preventDefault()
      if (action === 'hide') window.hide()
      else window.minimize()
    })
    window.once('closed', () => {
      link[Symbol.dispose]()
      if (this.#window === window) this.#window = undefined
    })
    // A page that cannot be loaded stays empty; the tray and the menu still work.
    window.loadURL(url).catch(() => window.isDestroyed() || window.show())
  }

  /** The link for a message; undefined where its sender is not our page. */
  #linkOf({ sender, senderFrame }: Electron.IpcMainEvent | Electron.IpcMainInvokeEvent): WindowLink | undefined {
    const asker: Asker = {
      isOurs: this.#isOurs(sender),
      isMainFrame: senderFrame !== null && senderFrame.parent === null,
      url: senderFrame?.url,
    }
    return isOurPage(asker, this.#options.url) ? this.#link : undefined
  }

  #isOurs(contents: Electron.WebContents | null): boolean {
    return contents !== null && contents === this.#window?.webContents
  }

  #guard(window: BrowserWindow): void {
    const { url } = this.#options
    const { webContents: contents } = window
    const stay = (event: Electron.Event<{ readonly url: string; readonly isMainFrame: boolean }>): void => {
      if (!mayNavigate(event, url)) event.preventDefault()
    }
    contents.on('will-navigate', stay)
    contents.on('will-redirect', stay)
    contents.on('will-frame-navigate', stay)
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url: wanted }) => {
      const allowed = externalUrl(wanted)
      // Fails where no browser is installed: nothing happens then.
      if (allowed !== undefined) shell.openExternal(allowed).catch(() => undefined)
      else this.#askToOpen(window, webAddress(wanted))
      return { action: 'deny' }
    })
  }

  /** Asks before it opens an address from a shell's output. One question at a time: a page could ask without end. */
  #askToOpen(window: BrowserWindow, address: string | undefined): void {
    if (address === undefined || this.#isAsking) return
    this.#isAsking = true
    const { host } = new URL(address)
    dialog
      .showMessageBox(window, {
        type: 'question',
        message: `Open ${host} in your browser?`,
        detail: address,
        buttons: ['Cancel', 'Open'],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => (response === 1 ? shell.openExternal(address) : undefined))
      .catch(() => undefined)
      .finally(() => {
        this.#isAsking = false
      })
  }

  #reloadAfterCrash(contents: Electron.WebContents): void {
    let lastAt = Number.NEGATIVE_INFINITY
    contents.on('render-process-gone', (_event, { reason }) => {
      const sinceLastMs = Date.now() - lastAt
      lastAt = Date.now()
      // After the event: while it is emitted the contents are still being destroyed.
      if (reloadsAfter(reason, sinceLastMs)) setImmediate(() => contents.isDestroyed() || contents.reload())
    })
  }
  #reloadAfterHang(window: BrowserWindow): void {
    const { core, isDevelopment } = this.#options
    const { webContents } = window
    let isHanging = false
    let timer: NodeJS.Timeout | undefined
    const calm = (): void => {
      isHanging = false
      clearTimeout(timer)
    }
    window.on('unresponsive', () => {
      if (isHanging) return
      isHanging = true
      core.note(hangTrouble(isDevelopment))
      const patienceMs = hangPatienceMs(isDevelopment)
      // A page that hangs does not process a reload. It is loaded again after its process has been ended.
      if (patienceMs !== undefined) timer = setTimeout(() => webContents.forcefullyCrashRenderer(), patienceMs)
    })
    window.on('responsive', calm)
    window.once('closed', calm)
    webContents.on('render-process-gone', calm)
  }

  #endWithLogoff(window: BrowserWindow): void {
    const { onLogoff } = this.#options
    // At a logoff Windows sends these events to windows, and none of the app's quit events.
    window.on('query-session-end', (event) => {
      if (delaysLogoff(event.reasons)) event.preventDefault()
      onLogoff()
    })
    window.on('session-end', () => onLogoff())
  }
}
