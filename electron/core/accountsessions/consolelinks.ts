// Addresses of the AWS console where the account keeps the output of a session. Pure.
//
// An object of S3 is named PREFIX/SESSION.log, a log stream of CloudWatch is named by the session. Port sessions are not logged by AWS.
// Source: Systems Manager user guide, "Logging session activity"; the address of a log stream as the console writes it.

import { consoleHost } from '../../../shared/partitions'
import type { LogPlaces } from '../../../shared/session'

/** The pages for a session; undefined where there are none. */
export function logLinks(
  logs: LogPlaces | undefined,
  session: { readonly id: string; readonly region: string },
): { readonly s3?: string; readonly cloudWatch?: string } | undefined {
  const host = consoleHost(session.region)
  if (logs === undefined || host === undefined) return undefined
  const { bucket, prefix, group } = logs
  const key = `${prefix === undefined ? '' : `${prefix.replace(/\/+$/, '')}/`}${session.id}.log`
  const region = encodeURIComponent(session.region)
  const s3 =
    bucket === undefined
      ? undefined
      : `https://${host}/s3/object/${encodeURIComponent(bucket)}?region=${region}&prefix=${encodeURIComponent(key)}`
  const cloudWatch =
    group === undefined
      ? undefined
      : `https://${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${twice(group)}/log-events/${twice(session.id)}`
  if (s3 === undefined && cloudWatch === undefined) return undefined
  return { ...(s3 === undefined ? {} : { s3 }), ...(cloudWatch === undefined ? {} : { cloudWatch }) }
}

/** The console encodes names twice, with `$` in place of `%`. */
function twice(name: string): string {
  return encodeURIComponent(encodeURIComponent(name)).replaceAll('%', '$')
}
