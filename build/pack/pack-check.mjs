// npm run pack:check: packs the built app for Linux without an installer, then says what is wrong with the result. Needs no
// network and no display: where no Electron is installed, a folder stands in for it that has a fuse wire and nothing else.
//
// Checks that the asar holds the right files and no others, that everything its files import or load is there, and the fuses.
// Exit status 0: everything is right; 1: a line for each fault.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { extractFile, getRawHeader, listPackage } from '@electron/asar'
import { build, Platform } from 'electron-builder'
import { root } from '../bundles.mjs'
import { electronBinary } from '../electron-bin.mjs'
import config from './electron-builder.mjs'
import { trayImages } from './trayimages.mjs'

const output = path.join(root, 'release/check')
const unpacked = path.join(output, 'linux-unpacked')
const resources = path.join(unpacked, 'resources')
const asar = path.join(resources, 'app.asar')

/** The bytes before the fuse states in every Electron. Source: @electron/fuses. */
const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')

/** The fuses in the order of the wire, version 1. Source: electron build/fuses/fuses.json5. */
const wire = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
]
const SET_STATES = { 0: false, 1: true }

/** The required fuses. They repeat the configuration on purpose, so that a mistake there shows up as a fault here. */
const fuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
}

/** Without `--no-sandbox`, which is electron-builder's default: the page's process would run without Chromium's sandbox. */
const APP_IMAGE_EXEC = 'AppRun %U'

const required = [
  'package.json',
  'dist/main.mjs',
  'dist/preload.cjs',
  'dist/simulator.mjs',
  'dist/renderer/index.html',
  ...trayImages.map((name) => `dist/tray/${name}`),
]

/** Every file that may be packed. Any other is a source, a map, a module, a document or a leftover. */
const allowed = [
  /^package\.json$/,
  /^dist\/(?!cli\.|web\.)[\w-]+\.mjs$/,
  /^dist\/preload\.cjs$/,
  /^dist\/tray\/tray-[\w@-]+\.png$/,
  /^dist\/renderer\/index\.html$/,
  /^dist\/renderer\/assets\/[\w.-]+\.(js|css|woff2|svg|png)$/,
]

/** An unpacked Electron for Linux: the installed one, or a folder with all that electron-builder looks for. */
function electronDist() {
  const binary = process.platform === 'linux' ? electronBinary() : undefined
  if (binary !== undefined) return path.dirname(binary)
  const dist = path.join(root, 'node_modules/.cache/culvert-standin')
  rmSync(dist, { recursive: true, force: true })
  for (const folder of ['resources', 'locales']) mkdirSync(path.join(dist, folder), { recursive: true })
  const { version } = createRequire(import.meta.url)('electron/package.json')
  writeFileSync(path.join(dist, 'version'), version)
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    writeFileSync(path.join(dist, name), '')
  // Every fuse that is checked is set the wrong way here, so that packing has to turn it.
  const states = wire.map((name) => (fuses[name] === true ? '0' : '1')).join('')
  const head = Buffer.from([1, wire.length])
  const binaryBytes = [Buffer.from('#!/bin/sh\nexit 1\n'), SENTINEL, head, Buffer.from(states), Buffer.alloc(64)]
  writeFileSync(path.join(dist, 'electron'), Buffer.concat(binaryBytes), { mode: 0o755 })
  return dist
}

/** The fuses of an Electron binary: true on, false off, absent where it has no such fuse. */
function readFuses(binary) {
  const bytes = readFileSync(binary)
  const at = bytes.indexOf(SENTINEL) + SENTINEL.length
  if (at < SENTINEL.length || bytes[at] !== 1) return undefined
  const count = bytes[at + 1]
  const states = bytes.toString('latin1', at + 2, at + 2 + count)
  return Object.fromEntries(Array.from(states, (state, index) => [wire[index], SET_STATES[state]]))
}

function fuseFaults(binary) {
  const found = readFuses(binary)
  if (found === undefined) return ['the binary has no fuse wire of version 1']
  return Object.entries(fuses)
    .filter(([name, isOn]) => found[name] !== isOn)
    .map(([name, isOn]) => `the fuse ${name} is not ${isOn ? 'on' : 'off'}`)
}

/** The files that a packed file names relative to itself, and cannot run without. */
function references(file, text) {
  const quoted = file.endsWith('.html')
    ? /(?:src|href)="\.\/([^"#?]+)"/g
    : /(?:\bfrom\s*|\bimport\s*\(?\s*)["']\.\/([^"']+)["']/g
  return [...text.matchAll(quoted)].map((match) => path.posix.join(path.posix.dirname(file), match[1]))
}

function contentFaults() {
  const isFile = ({ files }, [name, ...rest]) =>
    rest.length === 0 ? files[name].files === undefined : isFile(files[name], rest)
  const { header } = getRawHeader(asar)
  const names = listPackage(asar, { isPack: false }).map((name) => name.replaceAll('\\', '/').slice(1))
  const packed = names.filter((name) => isFile(header, name.split('/')))
  const has = new Set(packed)
  const missing = required.filter((name) => !has.has(name)).map((name) => `${name} is missing`)
  const extra = packed.filter((name) => !allowed.some((pattern) => pattern.test(name)))
  const broken = packed
    .filter((name) => /\.([cm]?js|html)$/.test(name))
    .flatMap((name) => {
      const absent = references(name, extractFile(asar, name).toString()).filter((wanted) => !has.has(wanted))
      return absent.map((wanted) => `${name} needs ${wanted}, which is missing`)
    })
  const faults = [...missing, ...extra.map((name) => `${name} does not belong into the app`), ...broken]
  if (has.has('package.json')) {
    const { main, dependencies = {} } = JSON.parse(extractFile(asar, 'package.json').toString())
    if (!has.has(main)) faults.push(`package.json starts ${main}, which is missing`)
    if (Object.keys(dependencies).length > 0) faults.push('package.json has dependencies, which are not packed')
  }
  const beside = readdirSync(resources).filter((name) => name.startsWith('app') && name !== 'app.asar')
  return { count: packed.length, faults: [...faults, ...beside.map((name) => `${name} is beside app.asar`)] }
}

/** What the desktop runs when a person starts the AppImage: `Exec` in its desktop entry. */
function startFaults(desktopEntry) {
  const line = /^Exec=(.*)$/m.exec(desktopEntry ?? '')?.[1]
  if (line === undefined) return ['the AppImage has no desktop entry']
  return line === APP_IMAGE_EXEC ? [] : [`the AppImage is started by "${line}", not by "${APP_IMAGE_EXEC}"`]
}

const startedAt = performance.now()
rmSync(output, { recursive: true, force: true })
let desktopEntry
await build({
  projectDir: root,
  targets: Platform.LINUX.createTarget(['dir', 'AppImage']),
  publish: 'never',
  config: { ...config, electronDist: electronDist(), directories: { ...config.directories, output } },
  // Asked by the AppImage before it fetches its tools; true ends it there.
  effectiveOptionComputed: ({ desktop }) => {
    desktopEntry = desktop
    return Promise.resolve(true)
  },
})
const faults = startFaults(desktopEntry)
let count = 0
if (existsSync(asar)) {
  const content = contentFaults()
  count = content.count
  faults.push(...content.faults)
} else faults.push('there is no app.asar')
faults.push(...fuseFaults(path.join(unpacked, config.linux.executableName)))
for (const fault of faults) console.error(`pack:check: ${fault}`)
if (faults.length > 0) process.exit(1)
console.log(
  `pack:check: ${count} files and ${Object.keys(fuses).length} fuses as they shall be, ${Math.round(performance.now() - startedAt)} ms`,
)
