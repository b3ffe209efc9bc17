// npm run dev: everything is built anew on change, and the host restarted when its own code changed. Reload the page to see it.
//
//   --web   the web host even where Electron is there. Other arguments are passed to the host.
//
// The page is not served by Vite: the door accepts its own origin only, in development too.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { context } from 'esbuild'
import { build as vite } from 'vite'
import { nodeBundles, page, root } from './bundles.mjs'
import { electronBinary } from './electron-bin.mjs'

const passed = process.argv.slice(2).filter((argument) => argument !== '--web')
const electron = process.argv.includes('--web') ? undefined : electronBinary()

let child
function restart() {
  child?.kill()
  child =
    electron === undefined
      ? spawn(process.execPath, ['--enable-source-maps', path.join(root, 'dist/web.mjs'), ...passed], {
          stdio: 'inherit',
        })
      : spawn(electron, [root, ...passed], { stdio: 'inherit' })
}

const watcher = await vite({ ...page, build: { ...page.build, watch: {} } })
await new Promise((resolve) => {
  watcher.on('event', (event) => {
    if (event.code === 'END') resolve()
    if (event.code === 'ERROR') console.error(event.error)
  })
})
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
    void Promise.allSettled([watcher.close(), bundles.dispose()]).then(() => process.exit(0))
  })
}
