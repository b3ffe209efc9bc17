// Requests about ephemeral sessions. A session that runs is a terminal: see `EphemeralView`.

import type { EphemeralListing, EphemeralPlan } from '../model/ephemeral'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** See shared/api/requests.ts. */
export const ephemeralRequests = {
  /** What would be started in the shown environment, and what a person should know before. Starts nothing. */
  'ephemeral.plan': request(
    ({ object, ephemeralFields }) => object(ephemeralFields),
    recordOf<EphemeralPlan>({
      cluster: 'text',
      service: 'text',
      container: 'text',
      taskDefinition: 'text',
      launchType: 'text',
      memoryMiB: 'number',
      cpuUnits: 'number',
      ttlMinutes: 'number',
      leaseMinutes: 'number',
      open: 'number',
      limit: 'number',
      warnings: 'list',
    }),
  ),
  /** Starts one, as a terminal. Answered at once; the terminal's state tells the progress and a failure. */
  'ephemeral.open': request(
    ({ object, ephemeralFields, cells, environmentRef }) =>
      object({ ...ephemeralFields, environment: environmentRef.exactOptional(), cols: cells, rows: cells }),
    recordOf<{ readonly terminalId: string }>({ terminalId: 'text' }),
  ),
  /** A person has agreed that a definition of Culvert's own is registered: the terminal starts again with it. */
  'ephemeral.derive': request(({ object, id, cells }) => object({ terminalId: id, cols: cells, rows: cells }), isNull),
  /** The ephemeral sessions of an environment (absent: the shown one), of every owner, as AWS tells of them. */
  'ephemeral.list': request(
    ({ object, environmentRef }) => object({ environment: environmentRef.exactOptional() }),
    recordOf<EphemeralListing>({ sessions: 'list', limit: 'number' }),
  ),
  /** Stops the task of a session. Answered once AWS has taken it; AWS may tell of the task for a minute more. */
  'ephemeral.stop': request(
    ({ object, id, ecsName, environmentRef }) =>
      object({ environment: environmentRef.exactOptional(), cluster: ecsName, taskId: id }),
    isNull,
  ),
}
