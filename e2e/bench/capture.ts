// What recording and two drains cost the output of a terminal: megabytes through a real shell of the simulator, without pacing, alternately
// with and without them in one run. The drains are a file and an HTTP server of this process, which takes everything.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Captures } from '../../electron/core/capture/captures'
import { openDrains } from '../../electron/core/drainparts'
import type { Environment } from '../../electron/core/environments/environment'
import { Recordings } from '../../electron/core/recordings/recordings'
import { makeDataDirectory } from '../../electron/core/store/datadirectory'
import { openJournal } from '../../electron/core/store/journal'
import { batchOutput } from '../../electron/core/terminals/batch'
import { defaultSettings } from '../../shared/settings'
import { printLine, withDemo } from './demo'

const MEGABYTES = Number(process.argv[2] ?? '20')
const BYTES = MEGABYTES * 1_000_000
const ROUNDS = Number(process.argv[3] ?? '5')
const SIZE = { cols: 120, rows: 40 }
const END = 'the-end-of-it'

/** Runs a command that prints many megabytes; resolves with its MB/s, first byte to last, and the CPU ms of this process per MB. */
async function measure(
  environment: Environment,
  captures: Captures | undefined,
): Promise<{ rate: number; cpuMs: number }> {
  const signal = AbortSignal.timeout(120_000)
  const { id } = await environment.resolveTarget('web-2', signal)
  const captured = { kind: 'shell', ref: { kind: 'demo' }, environment, target: id, targetName: 'web-2' } as const
  const subject = { ...captured, operationId: randomUUID(), size: SIZE, sessionId: () => 'bench' }
  const capture = await captures?.begin(subject, { signal, changed: () => undefined })
  const shell = await environment.openShell({ target: id, size: SIZE, signal })
  // Lines of 100 characters, as a log has them.
  const line = 'x'.repeat(99)
  const command = `yes ${line} | head -c ${String(BYTES)}; printf 'the-end''-of-it\\n'\r`
  let received = 0
  let tail = ''
  const startedAt = performance.now()
  const usage = process.cpuUsage()
  const done = new Promise<void>((resolve) => {
    batchOutput(shell.output, {
      say: (bytes) => {
        capture?.output(bytes)
        received += bytes.length
        tail = `${tail}${bytes.toString('latin1', Math.max(0, bytes.length - 64))}`.slice(-128)
        if (received > BYTES && tail.includes(END)) resolve()
      },
      room: () => capture?.room(),
    })
  })
  await shell.write(Buffer.from(command))
  await done
  const seconds = (performance.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(usage)
  await shell[Symbol.asyncDispose]()
  await capture?.[Symbol.asyncDispose]()
  return { rate: received / 1e6 / seconds, cpuMs: (user + system) / 1_000 / MEGABYTES }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

const home = await mkdtemp(path.join(tmpdir(), 'culvert-bench-capture-'))
const dataDirectory = path.join(home, 'data')
await makeDataDirectory(dataDirectory)
// Receivers usually run on another computer, so this one has a process of its own: its CPU time is not measured.
const receiver = `
  const server = require('node:http').createServer((request, response) => {
    request.resume()
    request.once('end', () => response.end())
  })
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
const sink = spawn(process.execPath, ['-e', receiver], { stdio: ['ignore', 'pipe', 'inherit'] })
const [announced] = await once(sink.stdout, 'data')
const port = Number(String(announced))
const journal = await openJournal(dataDirectory, { now: Date.now, onEntry: () => undefined })
const open = await openDrains(
  { dataDirectory, env: {} },
  {
    openNetwork: () => Promise.resolve({ agentFor: () => undefined, destroy: () => undefined }),
    authorities: () => undefined,
    settings: () => defaultSettings,
    journal,
    changed: () => undefined,
  },
)
const common = { environment: { kind: 'demo' }, isRaw: false, isRequired: false, isEnabled: true } as const
const file = { kind: 'file', path: path.join(home, 'audit.jsonl'), maxMegabytes: 1_000, keep: 1 } as const
await open.drains.create({ ...common, name: 'file', destination: file }, {})
await open.drains.create(
  { ...common, name: 'http', destination: { kind: 'https', url: `http://127.0.0.1:${port}/` } },
  {},
)
const recordings = new Recordings({ dataDirectory, settings: () => defaultSettings, now: Date.now })
const parts = { recorder: recordings, settings: () => defaultSettings }
const recording = new Captures({ ...parts, ruleOf: () => 'always' })
const both = new Captures({ ...parts, ruleOf: () => 'always', draining: open.drains })

await withDemo(false, async (environment) => {
  await measure(environment, undefined)
  const ways = [
    ['without', undefined],
    ['recording', recording],
    ['recording and two drains', both],
  ] as const
  const rates = new Map<string, { rate: number; cpuMs: number }[]>(ways.map(([name]) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, captures] of ways) rates.get(name)?.push(await measure(environment, captures))
  }
  const of = (name: string) => median((rates.get(name) ?? []).map(({ rate }) => rate))
  for (const [name] of ways) {
    const cpu = median((rates.get(name) ?? []).map(({ cpuMs }) => cpuMs))
    const cost = (1 - of(name) / of('without')) * 100
    printLine(
      `${name.padEnd(26)} ${of(name).toFixed(1)} MB/s   cost ${cost.toFixed(1)} %   ${cpu.toFixed(1)} ms of CPU a MB   (${MEGABYTES} MB, median of ${ROUNDS})`,
    )
  }
})
const folder = path.join(dataDirectory, 'recordings')
const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size))
printLine(`smallest of ${String(sizes.length)} recordings  ${(Math.min(...sizes) / 1e6).toFixed(1)} MB`)
await recordings[Symbol.asyncDispose]()
await open[Symbol.asyncDispose]()
await journal[Symbol.asyncDispose]()
sink.kill()
await rm(home, { recursive: true, force: true })
process.exit(0)
