// The Demo's account by the client of the SDK.

import { DescribeSessionsCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { clientOptions, rejected } from './api/api.kit'
import { demoOptions } from './demo'
import { ON_CALL } from './history/owners'
import { startSimulator } from './simulator'

test('sessions of every other person may be ended, those of the people on call may not', async () => {
  await using simulator = await startSimulator({ ...demoOptions, clock: { minuteMs: 3_600_000 } })
  const ssm = new SSMClient(clientOptions(simulator))
  const { Sessions = [] } = await ssm.send(new DescribeSessionsCommand({ State: 'Active' }))
  const end = (SessionId: string | undefined) => ssm.send(new TerminateSessionCommand({ SessionId }))
  const isOnCall = (id: string | undefined) => id?.startsWith(`${ON_CALL}-`) === true
  const onCall = Sessions.filter(({ SessionId }) => isOnCall(SessionId))
  const others = Sessions.filter(({ SessionId }) => !isOnCall(SessionId))
  expect([onCall.length, others.length]).toEqual([1, 3])
  for (const { SessionId } of others) await end(SessionId)
  expect(await rejected(end(onCall[0]?.SessionId))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(/ssm:TerminateSession on resource: .*:session\/on-call-\w+ with an explicit deny/),
  })
  ssm.destroy()
})
