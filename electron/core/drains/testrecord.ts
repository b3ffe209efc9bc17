// The record of "Send a test record": of no session, and with an id that no other record has.

import { randomUUID } from 'node:crypto'
import type { DrainRecord } from '../../../shared/model/drain'

/** Makes the record. Its session id is also the id of its batch. `at`: epoch ms. */
export function testRecord(drainName: string, at: number): DrainRecord {
  const id = `test-${randomUUID()}`
  return {
    at,
    sequence: 1,
    sessionId: id,
    environment: '',
    region: '',
    account: '',
    target: '',
    targetName: '',
    kind: 'test',
    text: `A test record of the drain "${drainName}".`,
    operationId: id,
    operationUserName: '',
    operationUserEmail: '',
  }
}
