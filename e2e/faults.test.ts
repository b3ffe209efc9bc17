// The short form of the fault suite: one round with a random seed. The long form is `npm run test:faults`.

import { expect, it } from 'vitest'
import { describeReport, replayCommand } from './faults/report'
import { playRound } from './faults/round'

const FAULTS_MS = 20_000
/** Covers the round, the allowed time for recovery, and a busy machine. */
const TIMEOUT_MS = 300_000

it('twenty tunnels survive twenty seconds of every kind of fault', { timeout: TIMEOUT_MS }, async () => {
  const seed = Math.floor(Math.random() * 1_000_000_000)
  const replay = replayCommand(seed, FAULTS_MS)
  process.stdout.write(`fault suite: seed ${seed}; replay: ${replay}\n`)
  const report = await playRound({ seed, faultsMs: FAULTS_MS })
  process.stdout.write(`${describeReport(report)}\n`)
  expect(report.violations, replay).toEqual([])
})
