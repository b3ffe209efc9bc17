// What a round says of itself, in words.

import { FAULT_KINDS } from '../../electron/simulator/faults/kinds'
import type { Report } from './round'

/** How to play the same script again. Sockets and timers fall as they will. */
export function replayCommand(seed: number, faultsMs: number): string {
  return `npm run test:faults -- --seed ${seed} --faults-ms ${faultsMs}`
}

/** The round in a few lines, each kind of fault with its count. */
export function describeReport(report: Report): string {
  const { cast, conversations, shellsLost, counts, whole, resets, bytes, resumed, restarted, recoveredMs } = report
  const moves = report.moved === 1 ? '1 move' : `${report.moved} moves`
  const ahead = `${report.resumedAhead} ahead (${cast.openResume})`
  const kinds = FAULT_KINDS.map((kind) => `${kind} ${counts[kind]}`)
  const megabytes = (bytes / 1_000_000).toFixed(1)
  const basic = cast.tunnels.filter(({ isBasic }) => isBasic).length
  return [
    `${cast.isEncrypted ? 'encrypted' : 'not encrypted'}, ${basic} of ${cast.tunnels.length} tunnels basic; ${conversations} shells used to their exit, ${shellsLost} lost`,
    `${whole} connections whole (${megabytes} MB), ${resets} reset; ${resumed} resumes, ${ahead}, ${restarted} restarts, ${moves} to another host; all up ${recoveredMs} ms after the faults`,
    `injected: ${kinds.join(', ')}`,
  ].join('\n')
}
