import { expect, test } from 'vitest'
import type { ErrorCode } from '../../shared/errors'
import type { EnvironmentView } from '../../shared/model/environment'
import type { InstanceList } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import { firstRunCause } from './firstcause'

type Listed = Pick<Snapshot, 'environment' | 'instances'>

const error = (code: ErrorCode) => ({ code, message: `about ${code}` }) as const

function listed(state: EnvironmentView['state'], list: InstanceList['state'], listedAt?: number): Listed {
  return {
    environment: { ref: { kind: 'aws', profile: 'work' }, name: 'work', region: '', state },
    instances: { generation: 0, state: list, items: [], notices: [], ...(listedAt === undefined ? {} : { listedAt }) },
  }
}

test('the ways to begin are shown if no account can be listed, and not if only a login or the network is missing', () => {
  const open = { kind: 'open' } as const
  const failed = (code: ErrorCode) => ({ kind: 'failed', error: error(code) }) as const
  expect(firstRunCause(listed(open, failed('credentials-missing')))?.code).toBe('credentials-missing')
  expect(firstRunCause(listed(failed('profile-unknown'), failed('profile-unknown')))?.code).toBe('profile-unknown')
  expect(firstRunCause(listed(failed('region-missing'), failed('region-missing')))?.code).toBe('region-missing')
  expect(firstRunCause(listed(open, failed('credentials-expired')))).toBeUndefined()
  expect(firstRunCause(listed(open, failed('network')))).toBeUndefined()
  expect(firstRunCause(listed(open, { kind: 'loading' }))).toBeUndefined()
  // The account was listed a moment ago: the message in place of the list gives the cause.
  expect(firstRunCause(listed(open, failed('credentials-missing'), 1))).toBeUndefined()
})
