// culvert ls: the instances of an account and region.
//
// Stable output. With --json a JSON array, one line an instance, of objects with: id, kind ("ec2" | "hybrid"), name, tags,
// platform, state, agent ({"kind":"online"} | {"kind":"offline","lastPingAt"?} | {"kind":"unmanaged"}), agentVersion?,
// privateIp?, instanceProfile? ("": none is attached). Fields may be added. Texts are told as they are; what does not show or drives a terminal is escaped (\uXXXX).
// Without it a table for people (table.ts).

import { printableJson } from '../../../shared/foreigntext'
import type { TagPair } from '../../../shared/model/instance'
import type { Arguments } from '../arguments'
import type { Command } from '../context'
import { hasTags, instanceTable } from '../table'
import { wordLine } from '../text'

function tagsOf(args: Arguments): TagPair[] {
  return args.list('tag').map((text) => {
    const end = text.indexOf('=')
    if (end < 1) throw args.usage(`--tag must be KEY=VALUE, not "${text}"`)
    return [text.slice(0, end), text.slice(end + 1)] as const
  })
}

/** Lists the instances that bear every `--tag`. If a service could not be asked, stderr says so and the rest is listed. */
export const ls: Command = async ({ environment, args, stdout, stderr, signal }) => {
  const tags = tagsOf(args)
  const { instances, notices } = await environment.listInstances(signal, tags)
  for (const notice of notices) await stderr.write(wordLine(notice))
  // The services filter where they can; this comparison decides.
  const chosen = instances.filter((instance) => hasTags(instance, tags))
  if (args.flag('json')) {
    const rows = chosen.map((instance) => printableJson(instance))
    await stdout.write(rows.length === 0 ? '[]\n' : `[\n${rows.join(',\n')}\n]\n`)
  } else {
    await stdout.write(instanceTable(chosen))
  }
  return 0
}
