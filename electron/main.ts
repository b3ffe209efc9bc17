// The Electron door: one sandboxed window on the loopback web door, started in this process. It decides nothing.
//
// The next issue gives the window a protocol and a preload of its own; until then it is the same page as in a browser.

import path from 'node:path'
import { app, BrowserWindow, dialog, session } from 'electron'
import { toWireError } from '../shared/errors'
import { createCore } from './core/core'
import { forkDemo } from './demoelectron'
import { openWebDoor } from './web/door'
import { parseDoorOptions } from './web/options'

// Sessions are ended in order within this; then the process goes in any case.
const END_MS = 5_000

/** What the development server serves instead of the built page; never in a packed app. */
function developmentUrl(): string | undefined {
  return app.isPackaged ? undefined : process.env['CULVERT_PAGE_URL']
}

/** The page may write to the clipboard, for its copy buttons. Everything else is denied, to every page. */
function denyPermissions(origin: string): void {
  const isAllowed = (permission: string, asking: string): boolean =>
    permission === 'clipboard-sanitized-write' && URL.canParse(asking) && new URL(asking).origin === origin
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) =>
    decide(isAllowed(permission, requestingUrl)),
  )
  defaultSession.setPermissionCheckHandler((_contents, permission, asking) => isAllowed(permission, asking))
}

function openWindow(url: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 812,
    minHeight: 400,
    show: false,
    webPreferences: {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  const { origin } = new URL(url)
  const stay = (event: { readonly url: string; preventDefault(): void }): void => {
    if (!URL.canParse(event.url) || new URL(event.url).origin !== origin) event.preventDefault()
  }
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  window.webContents.on('will-navigate', stay)
  window.webContents.on('will-redirect', stay)
  window.webContents.on('will-attach-webview', (event) => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  return window
}

async function main(): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const { port, ...environment } = parseDoorOptions(process.argv.slice(app.isPackaged ? 1 : 2), process.env)
  await app.whenReady()
  const core = await createCore({ ...environment, env: process.env, spawnDemo: forkDemo })
  const door = await openWebDoor({ core, port, directory: path.join(import.meta.dirname, 'renderer') })
  let isEnding = false
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isEnding) return
    isEnding = true
    setTimeout(() => app.exit(1), END_MS)
    void door[Symbol.asyncDispose]()
      .then(() => core[Symbol.asyncDispose]())
      .then(
        () => app.exit(0),
        () => app.exit(1),
      )
  })
  app.on('window-all-closed', () => app.quit())
  const development = developmentUrl()
  // Told to the relay of `npm run dev`.
  if (development !== undefined) process.stdout.write(`READY ${door.url}\n`)
  const url = development ?? door.url
  denyPermissions(new URL(url).origin)
  const window = openWindow(url)
  app.on('second-instance', () => {
    if (window.isDestroyed()) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  await window.loadURL(url)
}

main().catch((error: unknown) => {
  const { code, message } = toWireError(error)
  process.stderr.write(`culvert: ${code}: ${message}\n`)
  // Whoever started it by a click sees no terminal.
  dialog.showErrorBox('Culvert could not start', message)
  app.exit(1)
})
