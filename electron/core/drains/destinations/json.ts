// A record as JSON: the form of HTTPS, Elasticsearch and files. The names are those of docs/drains.md.

import type { DrainRecord } from '../../../../shared/model/drain'

/** The fields that all records of one session share, as JSON: those before the kind, and those after the text. */
interface Common {
  readonly of: DrainRecord
  readonly head: string
  readonly tail: string
}

/**
 * Encodes records as JSON objects, one after the other. What a record has in common with the one before it is encoded once: the fields of
 * its session, which would else be most of the work.
 */
export class RecordEncoder {
  readonly #timeName: string
  #common: Common | undefined
  #at: number | undefined
  #time = ''

  /** `timeName`: the name of the field with the time. */
  constructor(timeName: 'time' | '@timestamp') {
    this.#timeName = timeName
  }

  /** The time of a record; see `timeOf`. */
  time(record: DrainRecord): string {
    if (record.at !== this.#at) {
      this.#at = record.at
      this.#time = timeOf(record)
    }
    return this.#time
  }

  /** One record, without a line break. */
  encode(record: DrainRecord): string {
    const { head, tail } = this.#commonOf(record)
    const time = `{"${this.#timeName}":"${this.time(record)}"`
    const kind = `"kind":"${record.kind}","text":${JSON.stringify(record.text)}`
    const partial = record.isPartial === undefined ? '' : ',"partial":true'
    const count = record.count === undefined ? '' : `,"count":${record.count}`
    return `${time},"sequence":${record.sequence},${head},${kind}${partial}${count},${tail}}`
  }

  #commonOf(record: DrainRecord): Common {
    if (this.#common !== undefined && isSameSession(record, this.#common.of)) return this.#common
    const head = {
      session_id: record.sessionId,
      environment: record.environment,
      region: record.region,
      account: record.account,
      target: record.target,
      target_name: record.targetName,
    }
    const tail = {
      operation_id: record.operationId,
      operation_user_name: record.operationUserName,
      operation_user_email: record.operationUserEmail,
    }
    this.#common = {
      of: record,
      head: JSON.stringify(head).slice(1, -1),
      tail: JSON.stringify(tail).slice(1, -1),
    }
    return this.#common
  }
}

function isSameSession(one: DrainRecord, other: DrainRecord): boolean {
  return (
    one.sessionId === other.sessionId &&
    one.environment === other.environment &&
    one.region === other.region &&
    one.account === other.account &&
    one.target === other.target &&
    one.targetName === other.targetName &&
    one.operationId === other.operationId &&
    one.operationUserName === other.operationUserName &&
    one.operationUserEmail === other.operationUserEmail
  )
}

/** Records as JSON lines, each with its line break. */
export function jsonLines(records: readonly DrainRecord[]): string {
  const encoder = new RecordEncoder('time')
  let lines = ''
  for (const record of records) lines += `${encoder.encode(record)}\n`
  return lines
}

/** The time of a record: ISO 8601 with milliseconds, UTC. */
export function timeOf({ at }: DrainRecord): string {
  return new Date(at).toISOString()
}
