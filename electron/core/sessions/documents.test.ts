import { expect, it } from 'vitest'
import { portForwardRequest, rawPortRequest } from './documents'

it('a forward names the document of its destination, with all values as texts in lists', () => {
  expect(portForwardRequest({ target: 'i-1', remotePort: 80 })).toEqual({
    target: 'i-1',
    document: 'AWS-StartPortForwardingSession',
    parameters: { portNumber: ['80'] },
  })
  expect(
    portForwardRequest({ target: 'i-1', remotePort: 5_432, remoteHost: 'db.internal', reason: 'ticket 7' }),
  ).toEqual({
    target: 'i-1',
    reason: 'ticket 7',
    document: 'AWS-StartPortForwardingSessionToRemoteHost',
    parameters: { host: ['db.internal'], portNumber: ['5432'] },
  })
})

it('a raw connection uses the document for ssh', () => {
  expect(rawPortRequest({ target: 'i-1', remotePort: 22 })).toEqual({
    target: 'i-1',
    document: 'AWS-StartSSHSession',
    parameters: { portNumber: ['22'] },
  })
  expect(rawPortRequest({ target: 'i-1', remotePort: 22, reason: 'ticket 7' }).reason).toBe('ticket 7')
})
