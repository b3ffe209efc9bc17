// A record as JSON: the form of HTTPS, Elasticsearch and files. The names are those of docs/drains.md.

import type { DrainRecord } from '../../../../shared/model/drain'

/** The fields of a record, without its time. */
export function jsonFields(record: DrainRecord): Readonly<Record<string, unknown>> {
  return {
    sequence: record.sequence,
    session_id: record.sessionId,
    environment: record.environment,
    region: record.region,
    account: record.account,
    target: record.target,
    target_name: record.targetName,
    kind: record.kind,
    text: record.text,
    ...(record.isPartial === undefined ? {} : { partial: true }),
    ...(record.count === undefined ? {} : { count: record.count }),
    operation_id: record.operationId,
    operation_user_name: record.operationUserName,
    operation_user_email: record.operationUserEmail,
  }
}

/** Records as JSON lines, each with its line break. */
export function jsonLines(records: readonly DrainRecord[]): string {
  return records.map((record) => `${JSON.stringify({ time: timeOf(record), ...jsonFields(record) })}\n`).join('')
}

/** The time of a record: ISO 8601 with milliseconds, UTC. */
export function timeOf({ at }: DrainRecord): string {
  return new Date(at).toISOString()
}
