// culvert ls --containers: the services and containers of Amazon ECS of an account and region.
//
// Stable output with --json: a JSON array, one line an object. Services: type ("service"), id (CLUSTER/NAME), cluster, name, desired,
// running, pending, taskDefinition (FAMILY:REVISION), launchType ("FARGATE" | "EC2" | "EXTERNAL"), hasExec. Containers: type
// ("container"), id (CLUSTER/TASK/NAME), cluster, service?, taskId, name, target?, state, startedAt? (ms), exec ({"kind":"ready"} |
// {"kind":"blocked","obstacles":[…],"reason"?}), launchType, taskDefinition, image?, privateIp?. Fields may be added.

import { printableJson } from '../../../shared/foreigntext'
import { containerRows, containersText } from '../containertable'
import type { Command } from '../context'
import { wordLine } from '../text'

/** Lists everything; stderr says what is missing. */
export const lsContainers: Command = async ({ environment, args, stdout, stderr, signal }) => {
  if (args.list('tag').length > 0) throw args.usage('--tag is for instances: leave it or --containers out')
  const listing = await environment.ecs.listContainers(signal)
  for (const notice of listing.notices) await stderr.write(wordLine(notice))
  if (args.flag('json')) {
    const rows = containerRows(listing).map((row) => printableJson(row))
    await stdout.write(rows.length === 0 ? '[]\n' : `[\n${rows.join(',\n')}\n]\n`)
  } else {
    const text = containersText(listing)
    await stdout.write(text === '' ? 'No containers.\n' : text)
  }
  return 0
}
