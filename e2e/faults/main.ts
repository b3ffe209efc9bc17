// npm run test:faults -- [--minutes N] [--seed S] [--faults-ms MS]
//
// The long form: rounds with seeds S, S+1, … until the minutes are over; one round without --minutes. Each has its tunnels, its
// script and its checks; progress comes with each round, about once a minute. Between the first and the last round memory must
// not have grown. A round that fails is replayed by its own seed.

import { parseArgs } from 'node:util'
import { memoryBytes } from './leaks'
import { describeReport, replayCommand } from './report'
import { playRound } from './round'

const ROUND_MS = 40_000
// Compiled code and caches settle in the first round; later rounds differ by 2 MB.
const MAX_GROWTH_BYTES = 8_000_000

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function whole(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not "${text}"`)
}

/** Loads what is loaded at its first use otherwise: EC2's client alone takes 12 MB, and not every round uses it. */
async function loadClients(): Promise<void> {
  await Promise.all([
    import('@aws-sdk/client-ec2'),
    import('@aws-sdk/client-kms'),
    import('@aws-sdk/client-ssm'),
    import('@aws-sdk/client-sts'),
  ])
}

async function main(): Promise<boolean> {
  await loadClients()
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, 'faults-ms': { type: 'string' } },
  })
  const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : whole('seed', values.seed)
  const faultsMs = whole('faults-ms', values['faults-ms'] ?? String(ROUND_MS))
  const minutes = whole('minutes', values.minutes ?? '0')
  say(`seed ${first}, ${minutes === 0 ? 'one round' : `${minutes} minutes`}`)
  const startedAt = performance.now()
  const endsAt = startedAt + minutes * 60_000
  let base: number | undefined
  let seed = first
  do {
    const report = await playRound({ seed, faultsMs })
    const memory = await memoryBytes()
    base ??= memory
    const elapsed = Math.round((performance.now() - startedAt) / 1_000)
    const used = memory === undefined ? '' : `; ${(memory / 1_000_000).toFixed(1)} MB in use`
    say(`\n${elapsed} s, round ${seed - first + 1} (seed ${seed})${used}\n${describeReport(report)}`)
    const violations = [...report.violations]
    if (memory !== undefined && base !== undefined && memory - base > MAX_GROWTH_BYTES) {
      violations.push(`memory has grown by ${((memory - base) / 1_000_000).toFixed(1)} MB since the first round`)
    }
    if (violations.length > 0) {
      say(`\nFAILED with seed ${seed}:\n  ${violations.join('\n  ')}\nReplay: ${replayCommand(seed, faultsMs)}`)
      return false
    }
    seed += 1
  } while (performance.now() < endsAt)
  say(`\npassed: ${seed - first} rounds from seed ${first}`)
  return true
}

main().then(
  // What a failed round has left open must not keep us.
  (isPassed) => process.exit(isPassed ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(2)
  },
)
