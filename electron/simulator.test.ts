// The door of the simulator as a program of its own, bundled as the build bundles it.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { NaiveClient, getTicket } from '../e2e/kit/wire/naiveclient'
import type { Simulator } from './simulator/simulator'

let folder: string
let bundle: string

beforeAll(async () => {
  // Inside the tree, so that the native terminal is found.
  const cache = join('node_modules', '.cache')
  await mkdir(cache, { recursive: true })
  folder = await mkdtemp(join(cache, 'simulator-'))
  bundle = join(folder, 'simulator.mjs')
  await build({
    entryPoints: ['electron/simulator.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['@lydell/node-pty'],
    banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
    logLevel: 'silent',
  })
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

function run(...words: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [bundle, ...words])
}

async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return line
}

async function finished(child: ChildProcessWithoutNullStreams) {
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

async function processesWith(text: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')))
  return lines.filter((line) => line.includes(text)).length
}

test('a child says one line of JSON, serves, and ends with its stdin, its shells with it', async () => {
  const child = run('--child', '--instances', '3')
  const simulator = JSON.parse(await firstLine(child)) as Simulator
  expect(Object.keys(simulator).sort()).toEqual(['credentials', 'endpointUrl', 'hasRealShells', 'region'])
  // It says so of itself: the window tells a person what is real.
  expect(Reflect.get(simulator, 'hasRealShells')).toBe(true)
  const client = new NaiveClient()
  // Ctrl-C in the terminal that the parent shares with it.
  child.kill('SIGINT')
  await client.open(await getTicket(simulator, 'StartSession', { Target: 'mi-0d5e3a9c71f84b620' }))
  await client.until(() => client.bytes().includes('sh-5.1$ '))
  const mark = `34${Date.now() % 100_000}`
  client.send(1, `sleep ${mark} & sleep ${mark}\r`)
  await vi.waitFor(async () => expect(await processesWith(`sleep\0${mark}`)).toBe(2))
  const end = finished(child)
  child.stdin.end()
  expect((await end).status).toBe(0)
  expect(await processesWith(mark)).toBe(0)
  await client.until(() => client.closeCode)
})

test('a fault of its own is said once, its shells and their folders end with it, and its status is 1', async () => {
  const thrower =
    "process.on('SIGUSR2', () => { setInterval(() => { throw new Error('again') }, 1); throw new Error('boom') })"
  const child = spawn(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(thrower)}`,
    bundle,
    '--child',
  ])
  const end = finished(child)
  const simulator = JSON.parse(await firstLine(child)) as Simulator
  const client = new NaiveClient()
  await client.open(await getTicket(simulator, 'StartSession', { Target: 'mi-0d5e3a9c71f84b620' }))
  await client.until(() => client.bytes().includes('sh-5.1$ '))
  const mark = `35${Date.now() % 100_000}`
  client.send(1, `pwd; setsid sleep ${mark} & sleep ${mark}\r`)
  await vi.waitFor(async () => expect(await processesWith(`sleep\0${mark}`)).toBe(2))
  const home = /^(\/\S+)\r$/m.exec(client.bytes().toString())?.[1]
  expect(existsSync(home ?? '')).toBe(true)
  child.kill('SIGUSR2')
  const { status, stderr } = await end
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'simulator: The Demo has a fault and ends (boom): start it again, and report this if it comes back. (internal)\n',
  })
  expect(await processesWith(mark)).toBe(0)
  expect(existsSync(home ?? '')).toBe(false)
  await client.until(() => client.closeCode)
})

test('what a killed simulator leaves is cleaned by the next one, and the two that live keep theirs', async () => {
  // Inside /tmp, or sockets have no room; a place of its own, because other tests clean theirs.
  const place = await mkdtemp(join(tmpdir(), 'culvert-place-'))
  onTestFinished(() => rm(place, { recursive: true, force: true }))
  const startThere = (): ChildProcessWithoutNullStreams => {
    const child = spawn(process.execPath, [bundle, '--child'], { env: { ...process.env, TMPDIR: place } })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }
  const begin = async () => {
    const child = startThere()
    const simulator = JSON.parse(await firstLine(child)) as Simulator
    const client = new NaiveClient()
    await client.open(await getTicket(simulator, 'StartSession', { Target: 'mi-0d5e3a9c71f84b620' }))
    await client.until(() => client.bytes().includes('sh-5.1$ '))
    const mark = `36${child.pid}`
    client.send(1, `setsid sleep ${mark} &\r`)
    await vi.waitFor(async () => expect(await processesWith(`sleep\0${mark}`)).toBe(1), 20_000)
    return { child, mark }
  }
  const living = [await begin(), await begin()]
  const folders = await readdir(place)
  const killed = await begin()
  const exited = once(killed.child, 'exit')
  killed.child.kill('SIGKILL')
  await exited
  expect(await processesWith(killed.mark)).toBe(1)
  expect(await readdir(place)).toHaveLength(3)

  const next = startThere()
  await firstLine(next)
  // It ends once it has cleaned.
  const end = finished(next)
  next.stdin.end()
  expect((await end).status).toBe(0)
  expect(await processesWith(killed.mark)).toBe(0)
  expect((await readdir(place)).sort()).toEqual(folders.sort())
  for (const { child, mark } of living) {
    expect(await processesWith(mark)).toBe(1)
    const last = finished(child)
    child.stdin.end()
    expect((await last).status).toBe(0)
    expect(await processesWith(mark)).toBe(0)
  }
  expect(await readdir(place)).toEqual([])
})

test('alone it prints what to export, without needing a stdin, and ends with SIGTERM', async () => {
  const child = run()
  child.stdin.end()
  const end = finished(child)
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await vi.waitFor(() => expect(text).toContain('Ctrl-C'))
  const names = [...text.matchAll(/^export (AWS_\w+)=\S+$/gm)].map(([, name]) => name)
  expect(names).toEqual([
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
  ])
  child.kill('SIGTERM')
  expect(await end).toMatchObject({ status: 0, stderr: '' })
})

test.each([
  [['--port', '99999'], /^simulator: --port takes a whole number from 0 to 65535, not "99999"\. \(usage\)\n$/],
  [['--instances', 'many'], /^simulator: --instances takes a whole number from 0 to 100000, not "many"\. \(usage\)\n$/],
  [['--nonsense'], /^simulator: Unknown option '--nonsense'\. \(usage\)\n$/],
  [['word'], /^simulator: Unexpected argument 'word'\. [^\n]*\(usage\)\n$/],
])('%j is answered with one sentence and status 2', async (words, sentence) => {
  const { status, stdout, stderr } = await finished(run(...words))
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(sentence)
})

test('--help says what there is', async () => {
  const { status, stdout } = await finished(run('--help'))
  expect(status).toBe(0)
  for (const option of [
    '--instances',
    '--sessions',
    '--quiet',
    '--no-limit',
    '--no-pace',
    '--old-clients',
    '--port',
    '--child',
  ])
    expect(stdout).toContain(option)
})

test('with --sso an Identity Center is beside it, and ends with it', async () => {
  const child = run('--sso')
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const url = await vi.waitFor(() => /AWS_ENDPOINT_URL_SSO_OIDC=(\S+)[^]*sso_registration_scopes/.exec(printed)![1]!)
  const body = JSON.stringify({ clientName: 'test', clientType: 'public' })
  expect((await fetch(`${url}/client/register`, { method: 'POST', body })).status).toBe(200)
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})
