// The ledger with 100,000 sessions: opening it at the start of the app, in the same run as parsing each of its lines, and what it costs
// to ask for one session, for those of a day and for all of them.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '../../electron/core/ledger/ledger'
import { formatLine, parseLine, type WholeLine } from '../../electron/core/ledger/lines'

const SESSIONS = Number(process.argv[2] ?? '100000')
const DAYS_MS = 29 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Wall and processor time of `act`, as a text. Other processes of a busy machine count in the first alone. */
async function timed(act: () => Promise<void> | void): Promise<string> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  await act()
  const { user, system } = process.cpuUsage(before)
  return `${(performance.now() - startedAt).toFixed(0)} ms (processor ${((user + system) / 1_000).toFixed(0)} ms)`
}

function record(count: number, now: number): WholeLine {
  const at = Math.round(now - DAYS_MS + (DAYS_MS / SESSIONS) * count)
  return {
    k: 'whole',
    id: count.toString(16).padStart(12, '0'),
    at,
    session: `ann-${count.toString(16).padStart(17, '0')}`,
    pid: 4_711,
    environment: { kind: 'aws', profile: 'prod', region: 'eu-central-1' },
    environmentName: 'prod',
    region: 'eu-central-1',
    account: '123456789012',
    target: 'i-0123456789abcdef0',
    targetName: 'web-1',
    type: 'port',
    document: 'AWS-StartPortForwardingSession',
    reason: 'Ticket 7',
    endpoint: 'tcp://localhost:8080',
    localAddress: '127.0.0.1:8080',
    connectionsUsed: 4,
    bytesUp: 1_000,
    bytesDown: 200_000,
    lastUsedAt: at + 50_000,
    states: (['pending', 'active', 'canceling', 'terminated'] as const).map((state, step) => ({
      state,
      at: at + step * 1_000,
    })),
  }
}

const directory = await mkdtemp(join(tmpdir(), 'culvert-bench-ledger-'))
try {
  const now = Date.now()
  const lines = Array.from({ length: SESSIONS }, (_, count) => formatLine(record(count, now)))
  await mkdir(join(directory, 'ledger'))
  await writeFile(join(directory, 'ledger', 'history.jsonl'), lines.join(''))
  const all = await timed(() => lines.forEach((line) => void parseLine(line)))
  lines.length = 0
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().rss
  let ledger = await openLedger({ directory: join(directory, 'empty'), door: 'app' })
  await ledger.close()
  const open = await timed(async () => {
    ledger = await openLedger({ directory, door: 'app' })
  })
  const memory = (process.memoryUsage().rss - heapBefore) / 1_048_576
  say(`${SESSIONS} sessions: opened in ${open}, ${memory.toFixed(0)} MiB; parsing every line instead: ${all}`)
  const one = await timed(() => void ledger.bySession(`ann-${(7).toString(16).padStart(17, '0')}`))
  let day = 0
  const ofDay = await timed(() => {
    for (const _ of ledger.records(now - DAY_MS)) day += 1
  })
  let total = 0
  const ofAll = await timed(() => {
    for (const _ of ledger.records()) total += 1
  })
  say(`one session: ${one}; the ${day} of a day: ${ofDay}; all ${total}, for the first time: ${ofAll}`)
  await ledger.close()
} finally {
  await rm(directory, { recursive: true, force: true })
}
