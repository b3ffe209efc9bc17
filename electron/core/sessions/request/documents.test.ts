import { describe, expect, it } from 'vitest'
import type { SessionDocument } from '../../../../shared/model/document'
import { requestFor, type SessionRules, type WantedSession } from './documents'

const { signal } = new AbortController()

/** An environment whose account has these documents; the others may not be read. */
function rulesOf(documents: readonly SessionDocument[], defaults: SessionRules['documentFor'] = () => undefined) {
  return {
    documentFor: defaults,
    readDocument: (name: string) => Promise.resolve(documents.find((one) => one.name === name)),
    reason: () => Promise.resolve(undefined),
  }
}

const forward: WantedSession = { target: 'i-1', use: 'port', remotePort: 80, signal }
const remote: WantedSession = { ...forward, use: 'remoteHost', remoteHost: 'db.internal', remotePort: 5432 }

const orders: SessionDocument = {
  name: 'Acme-Orders',
  sessionType: 'Port',
  parameters: [
    { name: 'remotePort', isList: false, allowedValues: ['5432', '5433'], role: 'port' },
    { name: 'database', isList: false, default: ['orders.internal'], allowedPattern: '^[a-z.]+$', role: 'host' },
    { name: 'local', isList: false, role: 'localPort' },
    { name: 'zone', isList: false, default: ['eu'], minChars: 2, maxChars: 3 },
  ],
  port: { kind: 'made' },
  host: { kind: 'made' },
}

describe('without a document of its own', () => {
  it('a session names the document of its use, with all values as texts in lists', async () => {
    expect(await requestFor(forward)).toEqual({
      target: 'i-1',
      document: 'AWS-StartPortForwardingSession',
      parameters: { portNumber: ['80'] },
    })
    expect(await requestFor({ ...remote, reason: 'ticket 7' })).toEqual({
      target: 'i-1',
      reason: 'ticket 7',
      document: 'AWS-StartPortForwardingSessionToRemoteHost',
      parameters: { host: ['db.internal'], portNumber: ['5432'] },
    })
    expect(await requestFor({ ...forward, use: 'ssh', remotePort: 22 })).toEqual({
      target: 'i-1',
      document: 'AWS-StartSSHSession',
      parameters: { portNumber: ['22'] },
    })
    expect(await requestFor({ target: 'i-1', use: 'shell', signal })).toEqual({ target: 'i-1' })
  })

  it('the document of the environment is used, and the one of the session wins over it', async () => {
    const rules = rulesOf([orders], (use) => (use === 'remoteHost' ? 'Acme-Orders' : undefined))
    expect((await requestFor({ ...remote, rules })).document).toBe('Acme-Orders')
    expect((await requestFor({ ...forward, rules })).document).toBe('AWS-StartPortForwardingSession')
    const own = { name: 'AWS-StartPortForwardingSessionToRemoteHost' }
    expect((await requestFor({ ...remote, rules, document: own })).document).toBe(own.name)
  })
})

describe('a document that may be read', () => {
  const wanted = { ...remote, rules: rulesOf([orders]), document: { name: 'Acme-Orders' } }

  it('gets the destination under its own names, and what was given for the rest', async () => {
    expect((await requestFor(wanted)).parameters).toEqual({
      remotePort: ['5432'],
      database: ['db.internal'],
      local: ['0'],
    })
    const document = { name: 'Acme-Orders', parameters: { zone: ['us'], remotePort: ['5432'] } }
    expect((await requestFor({ ...wanted, document })).parameters).toMatchObject({ zone: ['us'], remotePort: ['5432'] })
  })

  it.each([
    ['a value that is not allowed', { ...wanted, remotePort: 22 }, '"22" for remotePort: it takes 5432, 5433.'],
    ['a value that its pattern does not match', { ...wanted, remoteHost: 'DB' }, '"DB" for database: its pattern is'],
    ['a short value', { ...wanted, document: { name: 'Acme-Orders', parameters: { zone: ['e'] } } }, 'at least 2'],
    ['a long value', { ...wanted, document: { name: 'Acme-Orders', parameters: { zone: ['euro'] } } }, 'at most 3'],
    [
      'an unknown parameter',
      { ...wanted, document: { name: 'Acme-Orders', parameters: { zones: ['eu'] } } },
      'has no parameter zones: its parameters are remotePort, database, local, zone.',
    ],
    [
      'another destination than the forward shows',
      { ...wanted, document: { name: 'Acme-Orders', parameters: { remotePort: ['5433'] } } },
      'takes remotePort from the destination, which is 5432: leave remotePort out.',
    ],
    [
      'its own host for a forward without one',
      { ...forward, remotePort: 5432, rules: wanted.rules, document: wanted.document },
      'forwards to a host: enter the host of the destination.',
    ],
    [
      'a shell',
      { target: 'i-1', use: 'shell' as const, signal, rules: wanted.rules, document: wanted.document },
      'opens no shell',
    ],
  ])('refuses %s', async (_, refused, words) => {
    await expect(requestFor(refused)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(words) })
  })

  it('that needs a parameter more than the destination says so', async () => {
    const named = { ...orders, parameters: [...orders.parameters, { name: 'team', isList: false }] }
    await expect(requestFor({ ...wanted, rules: rulesOf([named]) })).rejects.toThrow('needs the parameter team')
  })

  it("that opens a shell forwards no port, also where it is AWS's and is not read", async () => {
    for (const name of ['AWS-StartInteractiveCommand', 'SSM-SessionManagerRunShell']) {
      await expect(requestFor({ ...forward, document: { name } })).rejects.toThrow(`${name} is of type`)
    }
    await expect(
      requestFor({ target: 'i-1', use: 'shell', signal, document: { name: 'AWS-StartSSHSession' } }),
    ).rejects.toThrow('opens no shell')
  })
})

describe('a document with a destination of its own', () => {
  const fixed = (place: Partial<SessionDocument>) => ({
    rules: rulesOf([{ name: 'Acme', sessionType: 'Port', parameters: [], ...place }]),
    document: { name: 'Acme' },
  })
  const db = fixed({ host: { kind: 'fixed', text: 'db.internal' }, port: { kind: 'fixed', text: '5432' } })

  it('starts where the forward says the same', async () => {
    expect(await requestFor({ ...remote, ...db })).toEqual({ target: 'i-1', document: 'Acme' })
    const own = fixed({ host: { kind: 'fixed', text: 'localhost' } })
    expect(await requestFor({ ...forward, ...own })).toEqual({ target: 'i-1', document: 'Acme' })
    expect(await requestFor({ ...forward, ...db, use: 'ssh', remotePort: 5432 })).toMatchObject({ document: 'Acme' })
  })

  it.each([
    [
      'another host',
      { ...remote, ...db, remoteHost: 'users.internal' },
      'forwards to db.internal and not to users.internal',
    ],
    [
      'the instance itself',
      { ...forward, ...db, remotePort: 5432 },
      'forwards to db.internal and not to the instance itself',
    ],
    ['another port', { ...remote, ...db, remotePort: 80 }, 'forwards to port 5432 and not to 80'],
    [
      'a host that it does not reach',
      { ...remote, ...fixed({}) },
      'forwards to the instance itself and not to db.internal',
    ],
  ])('is refused for %s', async (_, refused, words) => {
    await expect(requestFor(refused)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(words) })
  })
})

it('a document that may not be read gets what was given, or else the destination under the usual names', async () => {
  const wanted = { ...remote, rules: rulesOf([]), document: { name: 'Acme-Hidden' } }
  expect((await requestFor(wanted)).parameters).toEqual({ host: ['db.internal'], portNumber: ['5432'] })
  const given = { name: 'Acme-Hidden', parameters: { remotePort: ['5432'] } }
  expect((await requestFor({ ...wanted, document: given })).parameters).toEqual({ remotePort: ['5432'] })
})

it('the reason of the environment is asked for only where a session has none, and after its document is good', async () => {
  const asked: string[] = []
  const rules: SessionRules = {
    ...rulesOf([orders]),
    reason: () => {
      asked.push('reason')
      return Promise.resolve('ticket 7')
    },
  }
  expect((await requestFor({ ...forward, rules })).reason).toBe('ticket 7')
  expect((await requestFor({ ...forward, rules, reason: 'ticket 8' })).reason).toBe('ticket 8')
  await expect(requestFor({ ...forward, rules, document: { name: 'Acme-Orders' } })).rejects.toThrow('Acme-Orders')
  expect(asked).toEqual(['reason'])
})
