// The Electron door: one sandboxed window on the loopback web door, started in this process. It decides nothing.
//
// The next issue gives the window a protocol and a preload of its own; until then it is the same page as in a browser.

import path from 'node:path'
import { app, BrowserWindow, session } from 'electron'
import { createCore } from './core/core'
import { forkDemo } from './demoelectron'
import { openWebDoor } from './web/door'
import { parseDoorOptions } from './web/options'

async function main(): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const { port, ...environment } = parseDoorOptions(process.argv.slice(app.isPackaged ? 1 : 2), process.env)
  await app.whenReady()
  const core = await createCore({ ...environment, env: process.env, spawnDemo: forkDemo })
  const door = await openWebDoor({ core, port, directory: path.join(import.meta.dirname, 'renderer') })
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 812,
    minHeight: 400,
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  })
  const { origin } = new URL(door.url)
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
  window.webContents.on('will-navigate', (event) => {
    if (new URL(event.url).origin !== origin) event.preventDefault()
  })
  window.webContents.on('will-attach-webview', (event) => event.preventDefault())
  window.once('ready-to-show', () => window.show())
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  let isEnded = false
  app.on('will-quit', (event) => {
    if (isEnded) return
    event.preventDefault()
    const ended = (): void => {
      isEnded = true
      app.quit()
    }
    void door[Symbol.asyncDispose]()
      .then(() => core[Symbol.asyncDispose]())
      .then(ended, ended)
  })
  app.on('window-all-closed', () => app.quit())
  await window.loadURL(door.url)
}

main().catch((error: unknown) => {
  process.stderr.write(`culvert: ${error instanceof Error ? error.message : String(error)}\n`)
  app.exit(1)
})
