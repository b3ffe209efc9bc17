// A large account of Amazon ECS: services of one task with one container each, listed by the calls of the core over real sockets.
//
// It prints the time, the processor time and the calls of the first listing and of the next one; the size of the list in memory, and as
// the core hands it to a page; and the same for an account that lets through 20 calls a second. The simulator runs in this process, so
// the processor time is that of both.

import { serialize } from 'node:v8'
import { openAccount } from '../../electron/aws/account'
import { startSimulator, type SimulatorOptions } from '../../electron/simulator/simulator'
import type { ContainerListing } from '../../shared/ecscalls'

const SERVICES = Number(process.argv[2] ?? '5000')
const BYTES_OF_MB = 1_000_000
/** Less than Amazon ECS grants for reading. Source: ECS API reference, "Request throttling". */
const RATE = { perSecond: 20, burst: 50 }

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Lists twice, and resolves with the list of the second time. */
async function listings(
  title: string,
  containers: NonNullable<SimulatorOptions['containers']>,
): Promise<ContainerListing> {
  const calls = new Map<string, number>()
  let attempts = 0
  await using simulator = await startSimulator({ containers: { services: SERVICES, ...containers } })
  await using account = await openAccount({
    ...simulator,
    env: {},
    diagnose: (entry) => {
      if (entry.kind !== 'call') return
      calls.set(entry.operation, (calls.get(entry.operation) ?? 0) + 1)
      attempts += entry.attempts ?? 1
    },
  })
  const list = async (which: string): Promise<ContainerListing> => {
    calls.clear()
    attempts = 0
    const [startedAt, before] = [performance.now(), process.cpuUsage()]
    const listing = await account.ecs.listContainers(AbortSignal.timeout(300_000))
    const { user, system } = process.cpuUsage(before)
    const count = [...calls.values()].reduce((sum, one) => sum + one, 0)
    say(
      `${title}, ${which} listing of ${listing.services.length} services and ${listing.containers.length} containers: ` +
        `${(performance.now() - startedAt).toFixed(0)} ms (processor ${((user + system) / 1_000).toFixed(0)} ms), ` +
        `${count} calls in ${attempts} attempts; ${listing.notices.length} notices`,
    )
    return listing
  }
  await list('first')
  const named = [...calls].map(([operation, count]) => `${operation.replace('ecs:', '')} ${count}`)
  say(`  ${named.join(', ')}`)
  return list('next')
}

const listing = await listings('unlimited', {})
const startedAt = performance.now()
const bytes = Buffer.byteLength(JSON.stringify(listing))
say(`  as JSON ${(bytes / BYTES_OF_MB).toFixed(1)} MB, written in ${(performance.now() - startedAt).toFixed(0)} ms`)
say(`  in memory about ${(serialize(listing).byteLength / BYTES_OF_MB).toFixed(1)} MB, as V8 serializes it`)
await listings(`${RATE.perSecond} calls a second`, { rate: RATE })
