// Builds everything into dist/: the Node bundles with esbuild, the page with Vite; the tray's images are copied.

import { chmodSync, existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { nodeBundles, page, preloadBundle, root } from './bundles.mjs'
import { copyTrayImages } from './pack/trayimages.mjs'

const startedAt = performance.now()
const dist = path.join(root, 'dist')
// Stale chunks of an earlier build would be packed as well.
rmSync(dist, { recursive: true, force: true })
await Promise.all([esbuild(nodeBundles), esbuild(preloadBundle), vite(page)])
copyTrayImages()

// `culvert` is run by its name.
chmodSync(path.join(dist, 'cli.mjs'), 0o755)

for (const name of ['main.mjs', 'preload.cjs', 'web.mjs', 'cli.mjs', 'simulator.mjs', 'renderer/index.html']) {
  if (!existsSync(path.join(dist, name))) throw new Error(`the build made no dist/${name}`)
}
console.error(`built in ${Math.round(performance.now() - startedAt)} ms`)
