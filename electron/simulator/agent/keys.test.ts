import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { GetDocumentCommand, SSMClient } from '@aws-sdk/client-ssm'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { AgentSession } from './agent'
import { AgentKeys, type RandomChallenge } from './keys'
import { PREFERENCES_DOCUMENT, SEPARATE_OUTPUT_DOCUMENT } from '../api/stockdocuments'
import { KeyService } from '../api/kms'
import { NaiveClient, getTicket, writeNaively, type NaiveTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator } from '../simulator'

let simulator: Simulator
let kms: KMSClient

const clientOptions = (one: Simulator) => ({
  endpoint: one.endpointUrl,
  region: one.region,
  credentials: one.credentials,
  maxAttempts: 1,
})

beforeAll(async () => {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, hasPty: false, encryption: {} })
  kms = new KMSClient(clientOptions(simulator))
})

afterAll(async () => {
  kms.destroy()
  await simulator[Symbol.asyncDispose]()
})

const open = (key: Uint8Array, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
}
const seal = (key: Uint8Array, plain: Buffer | string): Buffer => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}
const challengeOf = (payload: Buffer): Buffer =>
  Buffer.from((JSON.parse(payload.toString()) as { Challenge: string }).Challenge, 'base64')

describe('the key service', () => {
  const ask = (input: ConstructorParameters<typeof GenerateDataKeyCommand>[0]) =>
    kms.send(new GenerateDataKeyCommand(input)).catch((error: Error) => error)

  test("is one that AWS's own client can ask, by alias, id and ARN", async () => {
    const { keyArn } = simulator.keys
    const names = ['alias/culvert-demo', keyArn, keyArn.split('/')[1]!, keyArn.replace(/key.*/, 'alias/culvert-demo')]
    for (const KeyId of names) {
      const EncryptionContext = { a: '1', b: '2' }
      const answer = await ask({ KeyId, NumberOfBytes: 64, EncryptionContext })
      if (answer instanceof Error) throw answer
      expect([answer.Plaintext!.length, answer.KeyId]).toEqual([64, keyArn])
      const plain = simulator.keys.decrypt(Buffer.from(answer.CiphertextBlob!), { b: '2', a: '1' })
      expect(plain.equals(Buffer.from(answer.Plaintext!))).toBe(true)
    }
  })

  test('refuses keys that it does not have or that are disabled, and requests that say too much or too little', async () => {
    expect(await ask({ KeyId: 'alias/none', NumberOfBytes: 64 })).toMatchObject({
      name: 'NotFoundException',
      message: expect.stringMatching(/^Alias arn:aws:kms:eu-west-1:\d+:alias\/none is not found\.$/),
    })
    expect(await ask({ KeyId: 'abc', NumberOfBytes: 64 })).toMatchObject({ name: 'NotFoundException' })
    const KeyId = 'alias/culvert-demo'
    expect(await ask({ KeyId })).toMatchObject({ name: 'ValidationException' })
    expect(await ask({ KeyId, NumberOfBytes: 64, KeySpec: 'AES_256' })).toMatchObject({ name: 'ValidationException' })
    simulator.keys.isEnabled = false
    expect(await ask({ KeyId, NumberOfBytes: 64 })).toMatchObject({ name: 'DisabledException' })
    simulator.keys.isEnabled = true
    simulator.failNext('GenerateDataKey', { code: 'AccessDeniedException' })
    expect(await ask({ KeyId, NumberOfBytes: 64 })).toMatchObject({ name: 'AccessDeniedException' })
  })

  test('opens a blob with its own context only, and not once a bit has changed', () => {
    const keys = new KeyService('eu-west-1', '1')
    const answer = keys.generate({ KeyId: 'alias/culvert-demo', NumberOfBytes: 64, EncryptionContext: { a: '1' } })
    if (answer.kind === 'fault') throw new Error(answer.code)
    const blob = Buffer.from(String(answer.body['CiphertextBlob']), 'base64')
    for (const context of [{}, { a: '2' }, { a: '1', b: '' }]) {
      expect(() => keys.decrypt(blob, context)).toThrow('InvalidCiphertextException')
    }
    blob[20]! ^= 1
    expect(() => keys.decrypt(blob, { a: '1' })).toThrow('InvalidCiphertextException')
  })

  test('is named by the preferences, as GetDocument shows them', async () => {
    const ssm = new SSMClient(clientOptions(simulator))
    const { Content } = await ssm.send(new GetDocumentCommand({ Name: PREFERENCES_DOCUMENT }))
    expect((JSON.parse(Content!) as { inputs: object }).inputs).toMatchObject({ kmsKeyId: 'alias/culvert-demo' })
    ssm.destroy()
  })
})

describe('an agent', () => {
  const keysOf = (randomChallenge: RandomChallenge) => {
    const contexts: unknown[] = []
    const decrypt = (_blob: Buffer, context: object): Buffer => {
      contexts.push(context)
      return Buffer.alloc(64, 1)
    }
    const keys = new AgentKeys({ kmsKeyId: 'k', targetId: 'i-1', randomChallenge, decrypt }, 's-1')
    return { keys, contexts }
  }
  const used = { KMSCipherTextKey: 'AA==', ChallengeAcknowledgement: true }
  const unused = { KMSCipherTextKey: 'AA==' }

  test('offers a random challenge of 16 bytes, binds its key to it if the client did, and may insist on it', () => {
    const old = keysOf('none')
    expect(old.keys.parameters).toEqual({ KMSKeyId: 'k' })
    const { keys, contexts } = keysOf('offered')
    const { Challenge: challenge } = keys.parameters
    expect(Buffer.from(challenge!, 'base64').length).toBe(16)
    keys.accept(unused)
    keys.accept(used)
    const names = { 'aws:ssm:SessionId': 's-1', 'aws:ssm:TargetId': 'i-1' }
    expect(contexts).toEqual([names, { ...names, 'aws:ssm:RandomChallenge': challenge }])
    const strict = keysOf('required').keys
    expect(() => strict.accept(unused)).toThrow('client does not support required encryption context random challenge')
    strict.accept(used)
  })

  test('says nothing without a key, and takes its own challenge only, encrypted with the other half', () => {
    const { keys } = keysOf('offered')
    expect(keys.challengeRequest()).toBeUndefined()
    keys.accept(used)
    const half = Buffer.alloc(32, 1)
    const challenge = open(half, challengeOf(keys.challengeRequest()!))
    expect(challenge.length).toBe(64)
    const answer = (plain: Buffer) => Buffer.from(JSON.stringify({ Challenge: seal(half, plain).toString('base64') }))
    expect(() => keys.checkAnswer(answer(Buffer.alloc(64)))).toThrow('does not match')
    expect(() => keys.checkAnswer(Buffer.from('{"Challenge":"AAAA"}'))).toThrow()
    keys.checkAnswer(answer(challenge))
  })
})

describe('an encrypted session', () => {
  const start = (one: Simulator, body: object = {}): Promise<NaiveTicket> =>
    getTicket(one, 'StartSession', { Target: one.world.instances[0]!.id, ...body })

  // Answers the HandshakeRequest with a key, and the challenge with it.
  async function agree(client: NaiveClient, ticket: NaiveTicket): Promise<Uint8Array> {
    await client.open(ticket)
    const request = await client.until(() => client.stream.find(({ payloadType }) => payloadType === 5))
    const { RequestedClientActions: actions } = JSON.parse(request.payload.toString()) as {
      RequestedClientActions: { ActionParameters: { KMSKeyId: string } }[]
    }
    const context = { 'aws:ssm:SessionId': ticket.sessionId, 'aws:ssm:TargetId': simulator.world.instances[0]!.id }
    const KeyId = actions[1]!.ActionParameters.KMSKeyId
    const key = await kms.send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 64, EncryptionContext: context }))
    const ActionResult = { KMSCipherTextKey: Buffer.from(key.CiphertextBlob!).toString('base64') }
    const processed = [
      { ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' },
      { ActionType: 'KMSEncryption', ActionStatus: 1, ActionResult, Error: '' },
    ]
    client.send(6, JSON.stringify({ ClientVersion: '1.2.707.0', ProcessedClientActions: processed, Errors: null }))
    return key.Plaintext!
  }

  test('says what the command says, encrypted, by types', async () => {
    const client = new NaiveClient()
    const plan = {
      DocumentName: SEPARATE_OUTPUT_DOCUMENT,
      Parameters: { command: ["sh -c 'echo out; echo err >&2; exit 3'"] },
    }
    const ticket = await start(simulator, plan)
    const key = await agree(client, ticket)
    const request = await client.until(() => client.stream.find(({ payloadType }) => payloadType === 8))
    const challenge = open(key.subarray(0, 32), challengeOf(request.payload))
    // Not before the challenge is answered, and not by a wrong answer.
    client.send(1, seal(key.subarray(32), 'early'))
    const Challenge = seal(key.subarray(32), challenge).toString('base64')
    client.send(9, JSON.stringify({ Challenge }))
    const complete = await client.until(() => client.stream.find(({ payloadType }) => payloadType === 7))
    expect(complete.payload.toString()).toContain('This session is encrypted using AWS KMS.')
    expect(await client.closedOutput()).toBe('')
    const said = client.stream
      .filter(({ payloadType }) => [1, 11, 12].includes(payloadType))
      .map(({ payloadType, payload }) => `${payloadType} ${open(key.subarray(0, 32), payload).toString()}`)
    expect(said.toSorted()).toEqual(['1 out\n', '11 err\n', '12 EXIT_CODE: 3'])
    expect(simulator.sessions().find(({ id }) => id === ticket.sessionId)?.counters.earlyData).toBe(1)
  })

  test('fails at its agent where the blob is not for this session', async () => {
    simulator.keys.failNext('corrupt-blob')
    const client = new NaiveClient()
    await agree(client, await start(simulator))
    expect(await client.closedOutput()).toMatch(
      /^\n-+ERROR-+\nEncountered error while initiating handshake\. Fetching data key failed: Unable to retrieve data key, Invalid/,
    )
  })

  test('is not one of a port', async () => {
    const client = new NaiveClient()
    const port = { DocumentName: 'AWS-StartPortForwardingSession', Parameters: { portNumber: ['7'] } }
    await client.open(await start(simulator, port))
    const request = await client.shakeHands()
    expect(JSON.stringify(request)).not.toContain('KMSEncryption')
    client.close()
  })

  test('waits 15 s for the answer to its challenge', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const outputs: string[] = []
    const frames: Buffer[] = []
    await using agent = new AgentSession({
      sessionId: 's-1',
      agentVersion: '3.3.0.0',
      plan: { kind: 'shell' },
      computer: { name: 'x', dial: () => Promise.reject(new Error('no')), forbiddenAddress: () => undefined },
      settings: { isPaced: false, shellDelayMs: 0, hasPty: false, hasBanner: false, folder: tmpdir() },
      encryption: { kmsKeyId: 'k', targetId: 'i-1', randomChallenge: 'none', decrypt: () => Buffer.alloc(64) },
      send: (frame) => frames.push(frame) > 0,
      onEnd: (end) => outputs.push(end.output),
    })
    agent.start()
    const kmsAction = { ActionType: 'KMSEncryption', ActionStatus: 1, ActionResult: { KMSCipherTextKey: 'AA==' } }
    const payload = Buffer.from(JSON.stringify({ ProcessedClientActions: [kmsAction] }))
    await vi.advanceTimersByTimeAsync(14_000)
    agent.receive(writeNaively({ type: 'input_stream_data', sequenceNumber: 0, flags: 0, payloadType: 6, payload }))
    await vi.advanceTimersByTimeAsync(14_900)
    expect(outputs).toEqual([])
    // Two seconds more: the acknowledgements do not come.
    await vi.advanceTimersByTimeAsync(2_200)
    expect(outputs).toEqual([expect.stringContaining('Timed out waiting for encryption challenge.')])
  })
})
