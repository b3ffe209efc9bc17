// npm run dev: the page with hot reload from Vite; the Node bundles built anew on change, and their host restarted.
//
//   page in a browser ──/link──► relay in this process ──the door's own Origin and token──► web.mjs
//   page in a window  ──preload.cjs──► main.mjs
//
// A door takes its own Origin and the token of its start only, in development too. So the page speaks to a relay, whose
// token lasts as long as this process: after a restart of the host the page comes back by itself. A window needs none.
//
//   --web   the web host even where Electron is there. Other arguments are passed to the host.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { context } from 'esbuild'
import { createServer } from 'vite'
import { WebSocket, WebSocketServer } from 'ws'
import { nodeBundles, page, preloadBundle, root } from './bundles.mjs'
import { electronBinary } from './electron-bin.mjs'
import { copyTrayImages } from './pack/trayimages.mjs'

const PAGE_PORT = 5_173

const passed = process.argv.slice(2).filter((argument) => argument !== '--web')
const electron = process.argv.includes('--web') ? undefined : electronBinary()
const token = randomBytes(32).toString('base64url')
let door
let child

/** Joins a page's socket to the door, whose token replaces the page's. */
function relay(socket, hello) {
  const isKnown = hello.toString() === JSON.stringify({ token })
  if (!isKnown || door === undefined) {
    socket.close(isKnown ? 1013 : 1008)
    return
  }
  const upstream = new WebSocket(`ws://${door.host}/link`, { origin: door.origin, perMessageDeflate: false })
  const early = [JSON.stringify({ token: door.hash.slice(1) })]
  socket.on('message', (data) => {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(data.toString())
    else early.push(data.toString())
  })
  upstream.on('open', () => early.forEach((text) => upstream.send(text)))
  upstream.on('message', (data) => socket.send(data, { binary: false }))
  upstream.on('error', () => undefined)
  upstream.on('close', () => socket.close())
  socket.on('close', () => upstream.close())
}

const vite = await createServer({
  ...page,
  html: {},
  clearScreen: false,
  server: { host: '127.0.0.1', port: PAGE_PORT, fs: { allow: [root] } },
})
await vite.listen()
const pageUrl = new URL(vite.resolvedUrls.local[0])
const sockets = new WebSocketServer({ noServer: true })
vite.httpServer.on('upgrade', (request, socket, head) => {
  // Vite answers its own sockets.
  if (request.url !== '/link') return
  // An unheard error ends this process, and its host with it.
  socket.on('error', () => socket.destroy())
  if (request.headers.origin !== pageUrl.origin) socket.destroy()
  else {
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => undefined /* 'close' follows */)
      opened.once('message', (data) => relay(opened, data))
    })
  }
})

async function restart() {
  if (child !== undefined) {
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill()
    await ended
  }
  door = undefined
  child =
    electron === undefined
      ? spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist/web.mjs'), ...passed], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
      : spawn(electron, [root, ...passed], {
          stdio: ['ignore', 'pipe', 'inherit'],
          env: { ...process.env, CULVERT_PAGE_URL: pageUrl.href },
        })
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('READY ')) door = new URL(line.slice('READY '.length))
    else console.log(line)
  })
  child.once('close', () => (door = undefined))
}

// The door reads its folder of static files, which Vite serves here.
mkdirSync(path.join(root, 'dist/renderer'), { recursive: true })
copyTrayImages()
let restarting = Promise.resolve()
const restartAfter = (isNeeded) => ({
  name: 'restart',
  setup: (build) =>
    build.onEnd(({ errors }) => {
      if (errors.length === 0 && isNeeded()) restarting = restarting.then(restart)
    }),
})
// The preload must exist before the other bundles open the first window.
const preload = await context({
  ...preloadBundle,
  plugins: [restartAfter(() => electron !== undefined && child !== undefined)],
})
await preload.watch()
const bundles = await context({ ...nodeBundles, plugins: [restartAfter(() => true)] })
await bundles.watch()
console.log(electron === undefined ? `DEV ${pageUrl}#${token}` : `DEV ${pageUrl} in the window`)
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    child?.kill()
    void Promise.allSettled([vite.close(), preload.dispose(), bundles.dispose()]).then(() => process.exit(0))
  })
}
