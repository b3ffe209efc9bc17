// A second socket of an open channel on wires in memory: who proves it, who closes it, and what goes on meanwhile.

import { expect, it, vi } from 'vitest'
import { acknowledgeAll, openChannel, shakeHands } from '../../../e2e/kit/wire/channel'
import { acknowledgement, naiveEncode, output } from '../../../e2e/kit/wire/naive'
import { MemoryWire } from '../../../e2e/kit/wire/memory'
import type { Offered } from './candidate'
import { stageTime } from './channel.kit'

stageTime()

const PROVE_MS = 10_000

/** A channel that is ready, with a second socket that is offered. */
function offered() {
  const opened = openChannel()
  acknowledgeAll(opened.wire)
  shakeHands(opened.wire, { type: 'LocalPortForwarding', portNumber: '80' })
  const second = new MemoryWire()
  const outcomes: Offered[] = []
  const outcome = opened.channel.offer(second, 'token-2', PROVE_MS)
  void outcome.then((how) => outcomes.push(how))
  return { ...opened, second, outcome, outcomes }
}

it('is taken at the first answer of the agent over it: nothing is told as lost, and the old one is closed with 1000', async () => {
  const { channel, wire, second, outcome, log } = offered()
  expect(second.texts[0]).toContain('"TokenValue":"token-2"')
  // An old message is sent again over it, and the attached socket carries what is written meanwhile.
  expect(second.inputs.map(({ sequence }) => Number(sequence))).toEqual([0])
  channel.write(Buffer.from('old way'), () => undefined)
  expect(wire.inputs.at(-1)?.payload.toString()).toBe('old way')
  second.deliver(acknowledgement(0))
  expect(await outcome).toBe('taken')
  expect([wire.closedWith, log.lost]).toEqual([1_000, []])
  // What the old socket may have swallowed goes out again, with the number that it has.
  expect(second.inputs.at(-1)).toMatchObject({ sequence: 1n, payload: Buffer.from('old way') })
  second.deliver(output(2, 'answer'))
  expect([second.acknowledged, log.data.at(-1)?.payload.toString()]).toEqual([[2], 'answer'])
  channel.close()
})

it('is not proven by the service alone, nor by what the agent sends over the attached one', async () => {
  const { channel, wire, second, outcomes, log } = offered()
  second.deliver(naiveEncode({ type: 'start_publication', payload: '{}' }))
  second.pong()
  wire.deliver(output(2, 'old way'))
  await vi.advanceTimersByTimeAsync(PROVE_MS - 1)
  expect([outcomes, log.data.length, wire.acknowledged.at(-1)]).toEqual([[], 1, 2])
  // The agent is asked again every 3 s.
  expect(second.inputs).toHaveLength(4)
  await vi.advanceTimersByTimeAsync(1)
  expect([outcomes, wire.closedWith, second.closedWith]).toEqual([['silent'], undefined, undefined])
  channel.withdraw()
  expect([second.closedWith, channel.takeOver()]).toEqual([1_000, false])
  channel.close()
})

it('can be taken over unproven; it is lost like any other when the agent stays silent', async () => {
  const { channel, wire, second, outcomes, log } = offered()
  await vi.advanceTimersByTimeAsync(PROVE_MS)
  expect([outcomes, channel.takeOver(), wire.closedWith]).toEqual([['silent'], true, 1_000])
  second.pong()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(log.lost).toMatchObject([{ code: 'timeout' }])
  channel.close()
})

it('takes the place of an attached one that the service closes meanwhile, without a loss', async () => {
  const { channel, wire, second, outcome, log } = offered()
  channel.write(Buffer.from('under way'), () => undefined)
  wire.drop('code 1000, Bye')
  expect([await outcome, log.lost]).toEqual(['taken', []])
  expect(second.inputs.at(-1)?.payload.toString()).toBe('under way')
  second.deliver(acknowledgement(1))
  second.drop()
  expect(log.lost).toHaveLength(1)
  channel.close()
})

it('leaves the attached one alone when it is closed itself', async () => {
  const { channel, wire, second, outcome, log } = offered()
  second.drop()
  expect([await outcome, log.lost, wire.closedWith]).toEqual(['closed', [], undefined])
  channel.write(Buffer.from('still here'), () => undefined)
  expect(wire.inputs.at(-1)?.payload.toString()).toBe('still here')
  channel.close()
})

it('is closed with its channel, and a channel without a socket takes none', async () => {
  const { channel, wire, second, outcome } = offered()
  channel.close()
  expect([await outcome, second.closedWith, wire.closedWith]).toEqual(['closed', 1_000, 1_000])
  const late = new MemoryWire()
  expect([await channel.offer(late, 'token-3', PROVE_MS), late.closedWith]).toEqual(['closed', 1_000])
  const other = offered()
  other.channel.withdraw()
  other.wire.drop()
  const unasked = new MemoryWire()
  expect(await other.channel.offer(unasked, 'token-3', PROVE_MS)).toBe('closed')
  other.channel.close()
})
