// The vectors of what the plugin does, and where we differ.

import { describe, expect, it } from 'vitest'
import { CLIENT_VERSION } from '../../../electron/ssm/codec/version'
import { Outbox } from '../../../electron/ssm/channel/outbox'
import { formatFlag } from '../../../electron/ssm/codec/payloads'
import { openChannel } from '../wire/channel'
import { output } from '../wire/naive'
import { vector } from './vectors'

/** Registers the tests of these vectors in the file that calls it. */
export function pluginVectors(): void {
  describe('what the plugin does, and where we differ', () => {
    it('send-first-input, send-flag-*: the first message has number 0 and flags 0, a flag four bytes', () => {
      const { channel, wire } = openChannel()
      wire.deliver(output(0, '$ '))
      channel.write(Buffer.from('a'), () => undefined)
      expect(wire.inputs[0]).toMatchObject({ sequence: 0n, flags: 0n, payloadType: 1 })
      expect(formatFlag(2).toString('hex')).toBe(vector('send-flag-terminate').fields.payloadHex)
      expect(formatFlag(1).toString('hex')).toBe(vector('send-flag-disconnect').fields.payloadHex)
      channel.close()
    })

    it('send-failure-drops-data: without a socket nothing is lost and numbers go on', () => {
      vector('send-failure-drops-data')
      const { channel, wire, log } = openChannel()
      wire.deliver(output(0, '$ '))
      wire.drop()
      let isTaken = false
      channel.write(Buffer.from('kept'), () => {
        isTaken = true
      })
      expect([isTaken, log.lost.length, wire.inputs.length]).toEqual([true, 1, 0])
      channel.close()
    })

    it('outgoing-buffer-overflow: a full store refuses more instead of dropping the oldest', () => {
      const { capacity } = vector('outgoing-buffer-overflow')
      const outbox = new Outbox((sequence) => Buffer.from(String(sequence)))
      let count = 0
      while (outbox.hasRoom && count < capacity) {
        outbox.add(1, Buffer.from('x'))
        count += 1
      }
      expect(count).toBeLessThan(capacity)
      expect(outbox.due(0)[0]!.toString()).toBe('0')
    })

    for (const [id, reacknowledges] of [
      ['recv-reorder-duplicate-plugin', true],
      ['recv-reorder-duplicate-agent', true],
    ] as const) {
      it(`check 11: ${id} in our reader, old duplicates acknowledged again`, () => {
        const { channel, wire, log } = openChannel()
        let delivered = 0
        for (const step of vector(id).steps) {
          const before = wire.acknowledged.length
          wire.deliver(output(Number(step.receiveSequence), step.payload))
          expect(wire.acknowledged.length - before).toBe(reacknowledges ? 1 : 0)
          const now = log.data.slice(delivered).map((each) => each.payload.toString())
          expect(now).toEqual(step.delivered)
          delivered = log.data.length
        }
        channel.close()
      })
    }

    it('recv-not-ready: we take every message at once, since withholding stalls the agent', () => {
      vector('recv-not-ready')
      const { channel, wire } = openChannel()
      wire.deliver(output(0, 'x'))
      expect(wire.acknowledged).toEqual([0])
      channel.close()
    })

    it('recv-buffer-full: a full reorder buffer drops without an acknowledgement', () => {
      const { capacity } = vector('recv-buffer-full')
      const { channel, wire } = openChannel()
      for (let sequence = 1; sequence <= capacity + 1; sequence += 1) wire.deliver(output(sequence, 'x'))
      expect(wire.acknowledged.length).toBe(capacity)
      channel.close()
    })

    for (const id of [
      'handshake-port',
      'handshake-noninteractive',
      'handshake-unknown-session-type',
      'handshake-unsupported-action',
    ]) {
      it(`check 20, 21: ${id} is answered as the plugin answers, but for our version and status 3`, () => {
        const { handshakeRequest, sent, clientVersionOfThisBuild } = vector(id)
        const { channel, wire } = openChannel()
        wire.deliver(output(0, handshakeRequest, 5))
        expect(
          wire.sent.map((message) => [
            message.type,
            message.payloadType,
            String(message.flags),
            String(message.sequence),
          ]),
        ).toEqual(
          sent.map((message) => [message.messageType, message.payloadType, message.flags, message.sequenceNumber]),
        )
        const theirs = JSON.parse(sent[1]!.payloadUtf8) as {
          ClientVersion: string
          ProcessedClientActions: Record<string, unknown>[]
        }
        theirs.ClientVersion = theirs.ClientVersion.replace(clientVersionOfThisBuild, CLIENT_VERSION)
        if (id === 'handshake-unsupported-action') {
          theirs.ProcessedClientActions[0]!['ActionStatus'] = 3
          theirs.ProcessedClientActions[0]!['ActionResult'] = null
        }
        expect(JSON.parse(wire.inputs[0]!.payload.toString())).toEqual(theirs)
        channel.close()
      })
    }

    it('handshake-bad-json: is acknowledged, gets no response, and ends the channel instead of a deadlock', () => {
      const { handshakeRequest, sent } = vector('handshake-bad-json')
      const { wire, log } = openChannel()
      wire.deliver(output(0, handshakeRequest, 5))
      expect(wire.sent.length).toBe(sent.length)
      expect(log.failed.map((error) => error.code)).toEqual(['protocol'])
    })

    it('ack-selective: acknowledgements are matched one by one by number, unknown ones ignored', () => {
      const outbox = new Outbox((sequence) => Buffer.from(String(sequence)))
      for (let index = 0; index < 4; index += 1) outbox.add(1, Buffer.from('x'))
      for (const step of vector('ack-selective').steps) {
        outbox.acknowledge(Number(step.ackSequence), 0)
        // A new socket gets what is not acknowledged.
        outbox.replay(0)
        const remaining = outbox.due(0).map((frame) => frame.toString())
        expect(remaining).toEqual(step.remainingUnacked)
      }
    })
  })
}
