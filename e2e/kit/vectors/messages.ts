// The vectors of messages, of their JSON payloads and of timing.

import { describe, expect, it } from 'vitest'
import { CLIENT_VERSION } from '../../../electron/ssm/codec/version'
import { formatResponse, readHandshake } from '../../../electron/ssm/handshake/request'
import { decodeMessage, encodeMessage } from '../../../electron/ssm/codec/message'
import {
  ActionStatus,
  formatAcknowledge,
  formatChallenge,
  formatHandshakeComplete,
  formatHandshakeResponse,
  formatOpenDataChannel,
  formatSize,
  parseAcknowledge,
  parseChallenge,
  parseHandshakeComplete,
  parseHandshakeRequest,
  parseHandshakeResponse,
  parseOpenDataChannel,
  parseSize,
} from '../../../electron/ssm/codec/payloads'
import { RoundTrip } from '../../../electron/ssm/channel/roundtrip'
import { AppError } from '../../../shared/errors'
import { openChannel } from '../wire/channel'
import { output } from '../wire/naive'
import { idsOf, vector } from './vectors'

/** A recorded response of AWS's plugin, with the version that we report in place of the recorded one. */
function withOurVersion(json: string): string {
  return json.replace('1.2.707.0', CLIENT_VERSION)
}

/** Registers the tests of these vectors in the file that calls it. */
export function messageVectors(): void {
  describe('messages', () => {
    for (const id of idsOf('message')) {
      it(`check 1, 4: ${id} decodes to its fields and encodes to its bytes`, () => {
        const { hex, fields } = vector(id)
        const frame = Buffer.from(hex, 'hex')
        const message = decodeMessage(frame)
        expect({
          headerLength: 116,
          messageType: message.messageType,
          schemaVersion: message.schemaVersion,
          createdDate: message.createdDate,
          sequenceNumber: String(message.sequenceNumber),
          flags: String(message.flags),
          messageId: message.messageId,
          payloadDigestHex: message.payloadDigest.toString('hex'),
          payloadType: message.payloadType,
          payloadLength: message.payloadLength,
          payloadHex: message.payload.toString('hex'),
          totalLength: frame.length,
        }).toEqual(fields)
        expect(encodeMessage(message).toString('hex')).toBe(hex)
      })
    }

    for (const id of idsOf('malformed')) {
      it(`check 2, 3: ${id} is judged as it must be`, () => {
        const { hex, expected } = vector(id)
        const receiver = id.startsWith('agent-') ? 'agent' : 'client'
        let verdict = 'accept'
        try {
          decodeMessage(Buffer.from(hex, 'hex'), { receiver })
        } catch (error) {
          expect((error as AppError).code).toBe('protocol')
          verdict = 'reject'
        }
        // Reading (a) of the checklist: the plugin's leniency with a length of 0 is not ours.
        const wanted = id === 'edge-len-0-digest-bad' ? 'reject' : expected.replace('accept-ignore', 'accept')
        expect(verdict).toBe(wanted)
        if (receiver === 'agent') return
        // In the reader of a channel: nothing escapes, and what is rejected or ignored is not acknowledged.
        const { channel, wire, log } = openChannel()
        for (const sequence of [0, 1]) wire.deliver(output(sequence, '.'))
        wire.deliver(Buffer.from(hex, 'hex'))
        const isAcknowledged = wire.acknowledged.includes(2)
        expect(isAcknowledged).toBe(wanted === 'accept' && !id.includes('pub') && !id.includes('unknown'))
        expect(log.failed).toEqual([])
        channel.close()
      })
    }

    for (const id of idsOf('encode-error')) {
      it(`${id} cannot be encoded`, () => {
        vector(id)
        const good = decodeMessage(Buffer.from(vector('msg-input-output-ls').hex, 'hex'))
        const bad = {
          'enc-empty-payload': { ...good, payload: Buffer.alloc(0) },
          'enc-type-too-long': { ...good, messageType: 'x'.repeat(33) },
          'enc-nil-uuid': { ...good, messageId: '' },
        }[id]!
        expect(() => encodeMessage(bad)).toThrow(AppError)
      })
    }

    it('send-lf-becomes-cr records a defect: a lone line feed of ours stays one', () => {
      vector('send-lf-becomes-cr')
      vector('send-lf-in-longer-payload')
      const { channel, wire } = openChannel()
      wire.deliver(output(0, '$ '))
      channel.write(Buffer.from([0x0a]), () => undefined)
      expect(wire.inputs[0]!.payload.toString('hex')).toBe('0a')
      channel.close()
    })
  })

  describe('JSON payloads', () => {
    it('open-data-channel-client: has our keys in this order', () => {
      const { json } = vector('open-data-channel-client')
      const reference = parseOpenDataChannel(json)
      const ours = formatOpenDataChannel({
        requestId: reference.RequestId,
        tokenValue: reference.TokenValue,
        clientId: reference.ClientId!,
      })
      expect(ours.replace(CLIENT_VERSION, '1.2.0.0')).toBe(json)
    })

    it('json-ack, agent-ack: an acknowledgement is byte for byte the reference', () => {
      const { json } = vector('json-ack')
      expect(formatAcknowledge(parseAcknowledge(json)).toString()).toBe(json)
      const payload = decodeMessage(Buffer.from(vector('agent-ack').hex, 'hex')).payload
      expect(formatAcknowledge(parseAcknowledge(payload)).equals(payload)).toBe(true)
    })

    it('json-size: a size is byte for byte the reference', () => {
      const { json } = vector('json-size')
      expect(formatSize(parseSize(json)).toString()).toBe(json)
    })

    for (const id of ['json-handshake-response-kms', 'json-handshake-response-failed']) {
      it(`${id}: a handshake response has this shape and order`, () => {
        const { json } = vector(id)
        const parsed = parseHandshakeResponse(json)
        const ours = formatHandshakeResponse(
          parsed.ProcessedClientActions!.map((action) => ({
            actionType: action.ActionType,
            status: Object.values(ActionStatus).find((status) => status === action.ActionStatus)!,
            result: action.ActionResult,
            error: action.Error,
          })),
          parsed.Errors ?? [],
        )
        expect(ours.toString()).toBe(withOurVersion(json))
      })
    }

    for (const id of ['handshake-complete-plain', 'handshake-complete-kms', 'handshake-complete-old-client-separate']) {
      it(`${id}: the end of a handshake is read and written`, () => {
        const { json } = vector(id)
        const parsed = parseHandshakeComplete(json)
        expect(formatHandshakeComplete(parsed.HandshakeTimeToComplete, parsed.CustomerMessage!).toString()).toBe(json)
      })
    }

    it('agent-handshake-request-kms: a request for encryption is understood', () => {
      const { json } = vector('agent-handshake-request-kms')
      expect(parseHandshakeRequest(json).RequestedClientActions!.map((action) => action.ActionType)).toEqual([
        'SessionType',
        'KMSEncryption',
      ])
      const handshake = readHandshake(Buffer.from(json), { canEncrypt: true })
      expect(handshake).toMatchObject({
        agentVersion: '3.3.0.0',
        sessionType: 'Standard_Stream',
        encryption: { kmsKeyId: vector('kms-generate-data-key').keyId, challenge: 'EBESExQVFhcYGRobHB0eHw==' },
        error: undefined,
      })
      const ciphertextBlob = Buffer.from(vector('kms-generate-data-key').ciphertextBlobBase64, 'base64')
      // Without the acknowledgement of the challenge, which the plugin never gives, our answer is the plugin's.
      const answer = formatResponse(handshake, { kind: 'key', ciphertextBlob })
      expect(answer.toString()).toBe(withOurVersion(vector('json-handshake-response-kms').json))
      expect(readHandshake(Buffer.from(json), { canEncrypt: false }).error?.code).toBe('encryption-unsupported')
    })

    it('json-challenge-response: a challenge is byte for byte the reference', () => {
      const { json } = vector('json-challenge-response')
      expect(formatChallenge(parseChallenge(json)).toString()).toBe(json)
    })
  })

  describe('timing', () => {
    for (const id of idsOf('rtt')) {
      it(`check 15: ${id} gives the reference's timeouts`, () => {
        const roundTrip = new RoundTrip()
        for (const row of vector(id).rows) {
          if (row.sampleMs !== null) roundTrip.sample(row.sampleMs)
          expect(Math.abs(roundTrip.rttNs - row.rttNs)).toBeLessThanOrEqual(1e-6 * row.rttNs + 1e-6)
          expect(Math.abs(roundTrip.varianceNs - row.rttVarNs)).toBeLessThanOrEqual(1e-6 * row.rttVarNs + 1e-6)
          expect(Math.abs(roundTrip.rtoNs - row.rtoNs)).toBeLessThanOrEqual(1)
        }
      })
    }

    it('plugin-constants: we send no larger payloads than the plugin', () => {
      const { channel, wire } = openChannel()
      wire.deliver(output(0, '$ '))
      channel.write(Buffer.alloc(10_000), () => undefined)
      expect(Math.max(...wire.inputs.map((message) => message.payload.length))).toBe(
        vector('plugin-constants').streamDataPayloadSize,
      )
      channel.close()
    })
  })
}
