import { expect, test, vi } from 'vitest'
import { acknowledgeOutput, agreement, destination, input, openAgent } from '../../../e2e/kit/wire/agent'

test('what an old agent has not sent of a connection is not sent after its Flag 1', async () => {
  const [first, second] = [destination(), destination()]
  const dialled = [first, second]
  const { agent, outputs } = openAgent({
    plan: { kind: 'port', properties: { portNumber: '7', type: 'LocalPortForwarding' } },
    agentVersion: '3.0.150.0',
    dial: () => Promise.resolve(dialled.shift()!.near),
  })
  agent.receive(input(0, agreement, 6))
  await vi.waitFor(() => expect(dialled).toEqual([second]))
  await vi.waitFor(() => expect(outputs().at(-1)?.payloadType).toBe(7))
  // More than the agent has in flight: the rest waits for acknowledgements.
  first.say('a'.repeat(200_000))
  await vi.waitFor(() => expect(outputs().length).toBeGreaterThan(10))
  agent.receive(input(1, Buffer.from([0, 0, 0, 1]), 10))
  agent.receive(input(2, 'x'))
  await vi.waitFor(() => expect(second.received()).toBe('x'))
  second.say('b')
  let acknowledged = 0
  await vi.waitFor(() => {
    for (const { sequence } of outputs().slice(acknowledged)) agent.receive(acknowledgeOutput(Number(sequence)))
    acknowledged = outputs().length
    expect(outputs().at(-1)?.payload.toString()).toBe('b')
  })
  expect(outputs().length).toBeLessThan(100)
  await agent[Symbol.asyncDispose]()
})
