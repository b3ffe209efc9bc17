// npm run dev: the page with hot reload from Vite, the Node bundles rebuilt on change and their host restarted.
//
//   --web   the web host even where Electron is there. Other arguments are passed to the host.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { context } from 'esbuild'
import { createServer } from 'vite'
import { nodeBundles, page, root } from './bundles.mjs'
import { electronBinary } from './electron-bin.mjs'

const passed = process.argv.slice(2).filter((argument) => argument !== '--web')
const electron = process.argv.includes('--web') ? undefined : electronBinary()
const server = await createServer({ ...page, clearScreen: false, server: { host: '127.0.0.1', port: 5_173 } })
await server.listen()
const pageUrl = server.resolvedUrls?.local[0] ?? ''

let child
function restart() {
  child?.kill()
  child =
    electron === undefined
      ? spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist/web.mjs'), ...passed], {
          stdio: 'inherit',
        })
      : spawn(electron, [root, ...passed], { stdio: 'inherit', env: { ...process.env, CULVERT_PAGE_URL: pageUrl } })
}
let timer
const bundles = await context({
  ...nodeBundles,
  plugins: [
    {
      name: 'restart',
      setup: (build) =>
        build.onEnd(({ errors }) => {
          if (errors.length > 0) return
          clearTimeout(timer)
          timer = setTimeout(restart, 60)
        }),
    },
  ],
})
await bundles.watch()
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    child?.kill()
    void Promise.allSettled([server.close(), bundles.dispose()]).then(() => process.exit(0))
  })
}
