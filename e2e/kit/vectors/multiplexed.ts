// The vectors of multiplexed sessions of the agent, done by the simulator.

import { describe, expect, it } from 'vitest'
import { destination, input } from '../wire/agent'
import { frame, mux, settle, shaken, stageAgents, vector } from './vectors'

/** Registers the tests of these vectors in the file that calls it. */
export function multiplexedVectors(): void {
  describe('what the agent does, done by the simulator', () => {
    stageAgents()

    for (const id of ['agent-mux-dial-failure', 'agent-mux-dial-failure-with-data']) {
      it(`check 34: ${id}: Flag 3 leaves before the FIN of the stream`, async () => {
        const { received, sent: reference } = vector(id)
        const { agent, outputs } = await shaken({ plan: mux })
        agent.receive(input(1, Buffer.from(String(received), 'hex')))
        await settle()
        expect(
          outputs()
            .slice(2)
            .map((message) => ({ payloadHex: message.payload.toString('hex'), payloadType: message.payloadType })),
        ).toEqual(reference)
      })
    }

    it('agent-mux-client-fin: a FIN closes the destination fully, a later response is lost', async () => {
      const { sent: reference } = vector('agent-mux-client-fin')
      const far = destination()
      const { agent, outputs } = await shaken({ plan: mux, dial: () => Promise.resolve(far.near) })
      agent.receive(input(1, Buffer.concat([frame(0, 3), frame(2, 3, 'request'), frame(1, 3)])))
      await settle()
      expect(far.received()).toBe('request')
      far.say('late response')
      await settle()
      expect(
        outputs()
          .slice(2)
          .map((message) => message.payload.toString('hex')),
      ).toEqual(reference.map((each) => each.payloadHex))
    })

    it('agent-mux-server-halfclose: a half-close of the destination ends both directions', async () => {
      const { sent: reference } = vector('agent-mux-server-halfclose')
      const far = destination()
      const { agent, outputs } = await shaken({ plan: mux, dial: () => Promise.resolve(far.near) })
      agent.receive(input(1, Buffer.concat([frame(0, 5), frame(2, 5, 'halfclose')])))
      await settle()
      far.say('last words')
      far.hangUp()
      await settle()
      agent.receive(input(2, frame(2, 5, 'too late')))
      await settle()
      const bytes = Buffer.concat(
        outputs()
          .slice(2)
          .map((message) => message.payload),
      ).toString('hex')
      expect(bytes).toBe(reference.map((each) => each.payloadHex).join(''))
      expect(far.received()).toBe('halfclose')
    })

    it('agent-mux-split-frames: frames may be split anywhere over messages', async () => {
      const { received } = vector('agent-mux-split-frames')
      const far = destination()
      const { agent } = await shaken({ plan: mux, dial: () => Promise.resolve(far.near) })
      for (const [index, part] of Array.from(received).entries())
        agent.receive(input(1 + index, Buffer.from(part, 'hex')))
      await settle()
      expect(far.received()).toBe('split')
    })

    it('agent-mux-large-payload: one payload of 65,552 bytes is taken', async () => {
      const { bytesAtDestination, payloadBytes } = vector('agent-mux-large-payload')
      const far = destination()
      const { agent } = await shaken({ plan: mux, dial: () => Promise.resolve(far.near) })
      const half = 'y'.repeat(bytesAtDestination / 2)
      const payload = Buffer.concat([frame(2, 3, half), frame(2, 3, half)])
      expect(payload.length).toBe(payloadBytes)
      agent.receive(input(1, frame(0, 3)))
      agent.receive(input(2, payload))
      await settle()
      expect(far.received().length).toBe(bytesAtDestination)
    })

    it('agent-mux-flags: Flag 1 means nothing to a multiplexed session, Flag 2 ends it', async () => {
      const reference = vector('agent-mux-flags')
      const { agent, ends } = await shaken({ plan: mux })
      agent.receive(input(1, Buffer.from([0, 0, 0, 1]), 10))
      await settle()
      expect(ends.length).toBe(reference.cancelAfterFlag1)
      agent.receive(input(2, Buffer.from([0, 0, 0, 2]), 10))
      await settle()
      expect(ends.length).toBe(reference.cancelAfterFlag2)
    })
  })
}
