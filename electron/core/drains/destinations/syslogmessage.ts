// A record as a message of RFC 5424, framed by octet counting (RFC 6587 3.4.1).
//
//   LENGTH <134>1 TIME HOST culvert PID KIND [culvert@32473 session_id="…" sequence="1" …] BOM operation_id=ID TEXT
//
// At most 8,192 octets: the text has at most 4 KiB, and each parameter is cut. 32473 is the enterprise number for documentation.
// Source: RFC 5424 6 (syntax), 6.3.3 (escapes of parameters), 6.4 (BOM); RFC 5612 (32473).

import type { DrainRecord } from '../../../../shared/model/drain'
import { timeOf } from './json'

/** Facility local0 (16), severity info (6). */
const PRIORITY = 16 * 8 + 6

/** Twelve parameters of this size, their names and the text fit into 8,192 octets. */
const MAX_PARAMETER_BYTES = 256

const NONE = '-'
const BYTE_ORDER_MARK = '\ufeff'

/** This computer and process, as a header names them. */
export interface SyslogSource {
  readonly host: string
  readonly pid: number
}

/** A message with its length before it. `isRepeat`: it was sent before, and is not known to have arrived. */
export function syslogFrame(record: DrainRecord, source: SyslogSource, isRepeat: boolean): Buffer {
  const parameters: readonly (readonly [string, string])[] = [
    ['session_id', record.sessionId],
    ['sequence', String(record.sequence)],
    ['environment', record.environment],
    ['region', record.region],
    ['account', record.account],
    ['target', record.target],
    ['target_name', record.targetName],
    ['kind', record.kind],
    ...(record.isPartial === undefined ? [] : [['partial', '1'] as const]),
    ...(record.count === undefined ? [] : [['count', String(record.count)] as const]),
    ['operation_user_name', record.operationUserName],
    ['operation_user_email', record.operationUserEmail],
    ...(isRepeat ? [['repeat', '1'] as const] : []),
  ]
  const data = parameters.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
  const header = `<${PRIORITY}>1 ${timeOf(record)} ${word(source.host, 255)} culvert ${source.pid} ${word(record.kind, 32)}`
  const text = `operation_id=${oneLine(cutBytes(record.operationId, MAX_PARAMETER_BYTES))} ${record.text}`
  const message = Buffer.from(`${header} [culvert@32473${data}] ${BYTE_ORDER_MARK}${text}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

/** A field of the header: printable US-ASCII without spaces. */
function word(text: string, max: number): string {
  return text.replaceAll(/[^\u0021-\u007e]/g, '').slice(0, max) || NONE
}

function escaped(value: string): string {
  const whole = oneLine(value).replaceAll(/["\\\]]/g, String.raw`\$&`)
  const cut = cutBytes(whole, MAX_PARAMETER_BYTES)
  // An escape must not be cut in two.
  const slashes = /\\*$/.exec(cut)?.[0].length ?? 0
  return cut !== whole && slashes % 2 === 1 ? cut.slice(0, -1) : cut
}

function oneLine(value: string): string {
  return value.replaceAll(/\p{Cc}/gu, ' ')
}

function cutBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(max)).read)
}
