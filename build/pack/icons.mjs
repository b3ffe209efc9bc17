// npm run icons: renders the SVGs of build/icons/ into the images beside them, which are committed. Run it after a change of
// an SVG; nothing else needs it.
//
//   16x16.png … 1024x1024.png, icon.ico, icon.icns   the app's icon
//   tray-STATE.png, @2x                              dark, for light bars; on macOS a template that the system colours
//   tray-STATE-light.png, @2x                        for dark bars

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import { build } from 'esbuild'
import { root } from '../bundles.mjs'

const directory = path.join(root, 'build/icons')
const appSizes = [16, 24, 32, 48, 64, 96, 128, 256, 512, 1024]
const icoSizes = [16, 24, 32, 48, 64, 128, 256]
const trayStates = ['idle', 'up', 'working', 'attention']
const trayColours = { '': '#000', '-light': '#fff' }
const TRAY_SIZE = 16

/** Types of PNG entries and their sizes in pixels. Source: Apple Icon Image format, OSTypes since 10.7. */
const icnsTypes = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 }

/** Finds a browser with e2e/chromium.ts, which is TypeScript and is bundled for that. */
async function findChromium() {
  const outfile = path.join(root, 'node_modules/.cache/culvert-icons/chromium.mjs')
  mkdirSync(path.dirname(outfile), { recursive: true })
  await build({
    absWorkingDir: root,
    entryPoints: ['e2e/chromium.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  return (await import(pathToFileURL(outfile).href)).findChromium()
}

/** An ICO of PNG entries: a head of 6 bytes, 16 bytes an entry, then the images. */
function ico(images) {
  const head = Buffer.alloc(6 + 16 * images.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(images.length, 4)
  let offset = head.length
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index
    // 256 is written as 0.
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...images.map(({ png }) => png)])
}

/** An ICNS of PNG entries: type and length in 8 bytes, for the whole and for each image. */
function icns(images) {
  const chunk = (type, body) => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(8 + body.length, 4)
    return Buffer.concat([head, body])
  }
  return chunk('icns', Buffer.concat(images.map(({ type, png }) => chunk(type, png))))
}

const browser = await chromium.launch(await findChromium())
try {
  const page = await browser.newPage()
  const render = async (name, size, colour = '#000') => {
    const svg = readFileSync(path.join(directory, `${name}.svg`), 'utf8')
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(
      `<style>html,body{margin:0}svg{display:block;width:${size}px;height:${size}px;color:${colour}}</style>${svg}`,
    )
    return page.screenshot({ omitBackground: true })
  }
  const write = (name, bytes) => writeFileSync(path.join(directory, name), bytes)

  const app = new Map()
  for (const size of appSizes) {
    app.set(size, await render('icon', size))
    write(`${size}x${size}.png`, app.get(size))
  }
  write('icon.ico', ico(icoSizes.map((size) => ({ size, png: app.get(size) }))))
  write('icon.icns', icns(Object.entries(icnsTypes).map(([type, size]) => ({ type, png: app.get(size) }))))
  for (const state of trayStates) {
    for (const [suffix, colour] of Object.entries(trayColours)) {
      write(`tray-${state}${suffix}.png`, await render(`tray-${state}`, TRAY_SIZE, colour))
      write(`tray-${state}${suffix}@2x.png`, await render(`tray-${state}`, 2 * TRAY_SIZE, colour))
    }
  }
} finally {
  await browser.close()
}
